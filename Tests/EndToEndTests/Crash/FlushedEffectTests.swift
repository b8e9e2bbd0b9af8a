#if os(Linux)
    import Testing

    /// What a file tool has written is on the disk before the journal says that it was.
    @Suite(.timeLimit(.minutes(5)))
    struct FlushedEffectTests {
        @Test("A new file is flushed, takes its name, and the folder is flushed")
        func order() async throws {
            let run = try await StruckRun.survive([])
            let steps = run.log.elsewhere
            let effect = try #require(steps.firstIndex { $0.what == "effect" })
            let unfinished = String(steps[effect].name.prefix { $0 != ">" })
            try #require(unfinished.hasPrefix(".crew-unfinished-"))
            #expect(
                steps[..<effect].contains { $0.what == "file" && $0.name == unfinished },
                "otherwise a crash may leave an empty file under the name"
            )
            #expect(
                steps[(effect + 1)...].contains { $0.what == "folder" && $0.name == "notes" },
                "otherwise the old file may come back after the tool has said that it was replaced"
            )
        }
    }
#endif
