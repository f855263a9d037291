package io.gitpod.helper.shim.view

import io.gitpod.helper.shim.gateway.GatewayCalls
import io.gitpod.helper.shim.ide.ShimService
import io.gitpod.helper.shim.ide.ShimSettings
import io.gitpod.helper.shim.life.HelperLife
import io.gitpod.helper.shim.model.CreateState
import io.gitpod.helper.shim.model.Threads
import io.gitpod.helper.shim.support.TestIde
import io.gitpod.helper.shim.support.onEdt
import io.gitpod.helper.shim.support.visible
import io.gitpod.helper.v1.CreateOption
import io.gitpod.helper.v1.GetCreateOptionsResponse
import io.gitpod.helper.v1.InitializeRequest
import java.io.IOException
import javax.swing.JComboBox
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** What the page for a new workspace offers. */
class CreatePanelTest {
    private val hosts = listOf("gitpod.io", "gitpod.example.org")
    private val life = HelperLife({ throw IOException("not in this test") }, { InitializeRequest.getDefaultInstance() })
    private val service = ShimService(
        TestIde(ShimSettings(hosts)), life, Threads(background = {}, ui = {}), GatewayCalls(javaClass.classLoader) { "GW-243.1" },
    )
    private val panel = onEdt { CreatePanel(service.home, hosts, {}, {}) }

    @AfterEach
    fun close() = service.dispose()

    @Test
    fun `another installation's own choices are offered, as many as there are`() {
        show("acme")
        assertEquals(listOf("", "acme"), offered())
        show("globex")
        assertEquals(listOf("", "globex"), offered())
    }

    @Test
    fun `what was chosen stays while the same is offered`() {
        show("acme", "globex")
        onEdt { organizations().selectedIndex = 2 }
        show("acme", "globex")
        assertEquals(2, onEdt { organizations().selectedIndex })
    }

    private fun show(vararg organizations: String) = onEdt {
        val options = organizations.map { CreateOption.newBuilder().setId(it).setName(it).build() }
        panel.show(CreateState(GetCreateOptionsResponse.newBuilder().addAllOrganizations(options).build()))
    }

    private fun offered() = onEdt { organizations().let { box -> List(box.itemCount) { (box.getItemAt(it) as CreateOption).id } } }

    private fun organizations() = panel.visible().filterIsInstance<JComboBox<*>>()[1]
}
