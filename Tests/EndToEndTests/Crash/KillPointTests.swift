#if os(Linux)
    import CrewCore
    import Evidence
    import Testing

    /// `kill -9` before, in and after the operations by which the journal is written, and `crew resume` after it.
    ///
    /// `make crash` tries every operation, the tests as many as there is time for.
    @Suite(.serialized, .timeLimit(.minutes(30)))
    struct KillPointTests {
        private let picker = CasePicker()

        @Test("Killed at an operation")
        func once() async throws {
            let faults = picker.pick(90, of: try await StruckRun.faults([.before, .torn, .after]))
            let kills = Tally()
            try await faults.forEachOfTwo { fault in kills.add(try await StruckRun.survive([fault]).kills) }
            // A run's last operations may fall away, depending on what came together.
            #expect(kills.sum > faults.count * 9 / 10, "seed \(picker.seed)")
            try Evidence.record(.durable, "killed before, in and after each write of the journal", cases: kills.sum)
            try Evidence.record(
                .neverRepeated,
                "killed before, in and after each write of the journal",
                cases: kills.sum
            )
            try Evidence.record(.sameKey, "killed before, in and after each write of the journal", cases: kills.sum)
        }

        @Test("Killed at an operation, and again while resuming")
        func again() async throws {
            let first = picker.pick(25, of: try await StruckRun.faults([.before, .torn, .after]))
            let kills = Tally()
            try await Array(first.enumerated()).forEachOfTwo { index, fault in
                // The first operations of a program that resumes make the index of the log and take the run over.
                let second = DiskFault(kind: [.before, .torn, .after][index % 3], operation: 1 + index % 13)
                let third = DiskFault(kind: [.after, .torn, .before][index / 3 % 3], operation: 1 + index * 7 % 31)
                kills.add(try await StruckRun.survive([fault, second, third]).kills)
            }
            #expect(kills.sum > first.count * 2, "seed \(picker.seed)")
            let how = "killed at a write of the journal, and twice again while resuming"
            try Evidence.record(.durable, how, cases: kills.sum)
            try Evidence.record(.neverRepeated, how, cases: kills.sum)
        }
    }
#endif
