package io.gitpod.helper.shim.life

import io.gitpod.helper.shim.HelperNotStartedException
import io.gitpod.helper.shim.HelperTrouble
import io.gitpod.helper.shim.Texts
import io.gitpod.helper.v1.Failure
import io.gitpod.helper.v1.FailureCode
import io.gitpod.helper.v1.Remedy
import io.gitpod.helper.v1.RemedyAction
import io.grpc.StatusRuntimeException
import java.io.IOException

/** What can be wrong before the helper can say so itself, in the helper's own form. */
internal object ShimFailures {
    /** The files are damaged, or the operating system does not start them. */
    fun notStarted(refused: IOException): Failure {
        val message = when (refused) {
            is HelperNotStartedException ->
                Texts.get("failure.notStarted", refused.command.program, refused.cause?.message ?: "")
            else -> Texts.get("failure.files", refused.message ?: "")
        }
        return failure(message, remedy(RemedyAction.REMEDY_ACTION_RETRY, "remedy.startAgain"), diagnostics())
    }

    fun trouble(trouble: HelperTrouble): Failure =
        failure(trouble.message, remedy(RemedyAction.REMEDY_ACTION_RETRY, "remedy.startAgain"), diagnostics())

    /** It is on its way. */
    fun notReady(): Failure = failure(Texts.get("failure.notReady"), remedy(RemedyAction.REMEDY_ACTION_RETRY, "remedy.retry"))

    /** It runs and does not answer. */
    fun silent(): Failure = failure(Texts.get("failure.silent"), diagnostics())

    /** A call has failed in a way the contract does not know. */
    fun unexpected(error: StatusRuntimeException): Failure =
        failure(Texts.get("failure.unexpected", error.status.code), remedy(RemedyAction.REMEDY_ACTION_RETRY, "remedy.retry"), diagnostics())

    fun endsAgainAndAgain(last: Failure): Failure = failure(
        Texts.get("failure.endsAgain", last.message),
        remedy(RemedyAction.REMEDY_ACTION_RETRY, "remedy.startAgain"),
        diagnostics(),
    )

    /** The refusal says both versions; what to do is another thing here than on a command line. */
    fun anotherProtocol(refusal: Failure): Failure =
        refusal.toBuilder().clearRemedies().addRemedies(remedy(RemedyAction.REMEDY_ACTION_UNSPECIFIED, "remedy.reinstall")).build()

    /** JetBrains Gateway does not open the thin client. */
    fun noClient(problem: String): Failure =
        failure(problem, remedy(RemedyAction.REMEDY_ACTION_UNSPECIFIED, "remedy.updatePlugin"), diagnostics())

    private fun diagnostics() = remedy(RemedyAction.REMEDY_ACTION_COLLECT_DIAGNOSTICS, "remedy.copyDiagnostics")

    private fun remedy(action: RemedyAction, key: String): Remedy =
        Remedy.newBuilder().setAction(action).setText(Texts.get(key)).build()

    private fun failure(message: String, vararg remedies: Remedy): Failure = Failure.newBuilder()
        .setCode(FailureCode.FAILURE_CODE_INTERNAL)
        .setMessage(message)
        .addAllRemedies(remedies.toList())
        .build()
}
