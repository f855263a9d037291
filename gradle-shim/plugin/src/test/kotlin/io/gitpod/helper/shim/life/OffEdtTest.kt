package io.gitpod.helper.shim.life

import io.gitpod.helper.shim.support.health
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.shim.support.startHelper
import io.gitpod.helper.shim.support.withHelper
import io.grpc.health.v1.HealthCheckRequest
import java.nio.file.Path
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir

/** The thread that paints is refused what can take its time. */
class OffEdtTest {
    @Test
    fun `a call`() = withHelper { helper ->
        val error = assertThrows<IllegalStateException> { onEdt { helper.health.check(HealthCheckRequest.getDefaultInstance()) } }
        assertEquals("a call of grpc.health.v1.Health/Check on the thread that paints", error.message)
    }

    @Test
    fun `starting and ending a helper`() = withHelper { helper ->
        assertThrows<IllegalStateException> { onEdt { startHelper() } }
        assertThrows<IllegalStateException> { onEdt { helper.close() } }
    }

    @Test
    fun `reading the helper's files`(@TempDir directory: Path) {
        val files = HelperFiles(directory, FileManifest(emptyMap()))
        assertThrows<IllegalStateException> { onEdt { files.command() } }
        assertThrows<IllegalStateException> { onEdt { files.commandFromCopy() } }
    }
}
