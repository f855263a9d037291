package com.jetbrains.gateway.thinClientLink

/** Whether it is an interface or a class is not known: its members are called by reflection only. */
interface ThinClientHandle
