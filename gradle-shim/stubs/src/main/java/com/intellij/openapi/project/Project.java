package com.intellij.openapi.project;

/** PROVEN: open source. */
public interface Project {}
