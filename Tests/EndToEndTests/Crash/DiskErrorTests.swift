#if os(Linux)
    import Evidence
    import Testing

    /// Operations on the journal's files that fail, once or for good: the program says so and ends, and the run goes on
    /// when the disk does.
    @Suite(.serialized, .timeLimit(.minutes(30)))
    struct DiskErrorTests {
        private let picker = CasePicker()

        @Test("An operation fails", arguments: [DiskFault.Kind.error, .errorForGood, .full, .fullForGood, .short])
        func failure(kind: DiskFault.Kind) async throws {
            let faults = picker.pick(10, of: try await StruckRun.faults([kind]))
            let ended = Tally()
            try await faults.forEachOfTwo { fault in
                let run = try await StruckRun.survive([fault])
                if run.isEndedByError { ended.add(1) }
                try checkThatNothingIsWrittenAfterAFailedFlush(fault, run.log)
            }
            // SQLite writes the rest itself; an error while the log is put into the database at the end does no harm.
            if kind == .short { #expect(ended.sum == 0) } else { #expect(ended.sum > faults.count / 2) }
            let how =
                "each operation on the journal's files fails (I/O error, full disk, half a write; once and for good)"
            try Evidence.record(.neverGuessedAround, how, cases: faults.count)
            try Evidence.record(.neverRepeated, how, cases: faults.count)
        }

        /// What the system could not flush may be gone without another error, so nothing may be built on it.
        private func checkThatNothingIsWrittenAfterAFailedFlush(_ fault: DiskFault, _ log: DiskLog) throws {
            let operations = try #require(log.programs.first)
            guard let index = operations.firstIndex(where: { $0.number == fault.operation }),
                fault.kind != .short, operations[index].name == "sync", operations[index].file == "crew.sqlite-wal"
            else { return }
            #expect(
                !operations[(index + 1)...].contains { $0.name == "write" && $0.file == "crew.sqlite-wal" },
                "\(fault)"
            )
        }
    }
#endif
