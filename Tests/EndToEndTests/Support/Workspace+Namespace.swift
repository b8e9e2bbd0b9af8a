#if os(Linux)
    import Testing

    extension Workspace {
        /// Runs a script in a namespace of its own in which file systems can be mounted; `$CREW` is the program.
        func inNamespace(_ script: String, server: String) async throws -> ChildProcess.Outcome {
            let words = script.replacing("'", with: "'\\''")
            let outcome = try await shell(
                "exec unshare --user --map-root-user --mount sh -c '\(words)'",
                server: server
            )
            try #require(!outcome.errors.contains("unshare:"), "this test needs user namespaces: \(outcome.errors)")
            try #require(!outcome.errors.contains("mount:"), "this test needs mounts in namespaces: \(outcome.errors)")
            return outcome
        }
    }
#endif
