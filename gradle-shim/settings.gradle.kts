rootProject.name = "gitpod-gateway"
