package io.gitpod.helper.shim

import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.FailureCode
import io.grpc.Status
import io.grpc.StatusRuntimeException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.assertThrows

/** The call is refused with a failure that a front end can show; returns it. */
fun assertRefused(status: Status.Code, code: FailureCode, call: () -> Unit): Failure {
    val error = assertThrows<StatusRuntimeException> { call() }
    assertEquals(status, error.status.code, error.toString())
    val failure = error.helperFailure()
    assertNotNull(failure, error.toString())
    return failure!!.also { assertShowable(code, it) }
}

/** The failure has this code, says what is wrong, and what can be done about it. */
fun assertShowable(code: FailureCode, failure: Failure) {
    assertEquals(code, failure.code, failure.message)
    assertFalse(failure.message.isBlank())
    assertFalse(failure.remediesList.isEmpty())
    assertFalse(failure.remediesList.any { it.text.isBlank() })
}
