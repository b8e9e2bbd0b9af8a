#if os(Linux)
    import Evidence
    import Testing

    /// The power goes while a run is under way: of what was written and not flushed, everything or a random part is gone.
    ///
    /// What depends on a record, a request or a file, has been seen by others than the program; so the record has to be
    /// there. A flush that is left out is found here.
    @Suite(.serialized, .timeLimit(.minutes(30)))
    struct PowerFailureTests {
        private let picker = CasePicker()

        @Test("The power goes, and everything is lost that was not flushed")
        func everythingUnflushed() async throws {
            try await survive(picker.pick(30, of: try await StruckRun.faults([.power])))
        }

        @Test("The power goes, and some sectors of what was not flushed are lost")
        func someSectors() async throws {
            let rounds = picker.isComplete ? 8 : 1
            let all = try await StruckRun.faults([.power])
            let faults = (0..<rounds).flatMap { round in
                picker.pick(30, of: all).map {
                    DiskFault(
                        kind: .power,
                        operation: $0.operation,
                        seed: picker.seed + UInt64(round * 1_000 + $0.operation)
                    )
                }
            }
            try await survive(faults)
        }

        private func survive(_ faults: [DiskFault]) async throws {
            let kills = Tally()
            try await faults.forEachOfTwo { fault in kills.add(try await StruckRun.survive([fault]).kills) }
            #expect(kills.sum > faults.count * 9 / 10, "seed \(picker.seed)")
            let how = "power lost before each operation on the journal's files, with all or some sectors not flushed"
            try Evidence.record(.durable, how, cases: kills.sum)
            try Evidence.record(.neverRepeated, how, cases: kills.sum)
        }
    }
#endif
