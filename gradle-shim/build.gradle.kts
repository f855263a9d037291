/*
 * runIde and verifyPlugin, for where JetBrains' repositories can be reached. The zip that ships is Maven's:
 * `npm run package:plugin`. This build uses JetBrains Gateway itself in place of the stubs, and relocates nothing.
 */
plugins {
    alias(libs.plugins.kotlin.jvm)
    alias(libs.plugins.intellij.platform)
    alias(libs.plugins.protobuf)
}

val pluginId: String by project
val pluginVersion: String by project
val sinceBuild: String by project
val javaVersion: String by project
val gatewayVersion: String by project

version = pluginVersion

repositories {
    mavenCentral()
    intellijPlatform { defaultRepositories() }
}

dependencies {
    intellijPlatform { gateway(gatewayVersion) }
    implementation(libs.grpc.okhttp)
    implementation(libs.grpc.protobuf.lite)
    implementation(libs.grpc.stub)
    implementation(libs.protobuf.javalite)
}

kotlin {
    jvmToolchain(javaVersion.toInt())
    compilerOptions {
        languageVersion = org.jetbrains.kotlin.gradle.dsl.KotlinVersion.KOTLIN_2_0
        apiVersion = org.jetbrains.kotlin.gradle.dsl.KotlinVersion.KOTLIN_2_0
        freeCompilerArgs.add("-jvm-default=no-compatibility")
    }
}

sourceSets.main {
    kotlin.srcDir("plugin/src/main/kotlin")
    resources.srcDir("plugin/src/main/resources")
    // Files and their sums as `npm run package:plugin` has left them.
    resources.srcDir("target/plugin-manifest")
    proto.srcDir("../proto")
}

protobuf {
    protoc { artifact = "com.google.protobuf:protoc:${libs.versions.protobuf.get()}" }
    plugins { create("grpc") { artifact = "io.grpc:protoc-gen-grpc-java:${libs.versions.grpc.get()}" } }
    generateProtoTasks {
        all().configureEach {
            builtins { named("java") { option("lite") } }
            plugins { create("grpc") { option("lite"); option("@generated=omit") } }
        }
    }
}

intellijPlatform {
    pluginConfiguration {
        id = pluginId
        version = pluginVersion
        ideaVersion {
            this.sinceBuild = sinceBuild
            untilBuild = provider { null }
        }
    }
    pluginVerification { ides { recommended() } }
}

tasks {
    processResources {
        filesMatching("META-INF/plugin.xml") {
            filter { line ->
                line.replace("\${plugin.id}", pluginId).replace("\${project.version}", pluginVersion).replace("\${since.build}", sinceBuild)
            }
        }
    }
    prepareSandbox { from("target/plugin-files") { into(rootProject.name) } }
}
