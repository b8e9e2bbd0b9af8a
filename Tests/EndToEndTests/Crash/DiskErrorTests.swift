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
            let anywhere = try await StruckRun.faults([kind])
            let atFlushes = try await StruckRun.faults([kind]) { $0.name == "sync" && $0.file == "crew.sqlite-wal" }
            let faults = picker.pick(8, of: anywhere) + (kind == .short ? [] : picker.pick(3, of: atFlushes))
            let ended = Tally()
            let flushes = Tally()
            try await faults.forEachOfTwo { fault in
                let run = try await StruckRun.survive([fault])
                if run.isEndedByError { ended.add(1) }
                if try isFailedFlushOfTheLog(fault, run.log) { flushes.add(1) }
            }
            if kind != .short { #expect(flushes.sum > 0, "no flush of the log was among those that failed") }
            // SQLite writes the rest itself; an error while the log is put into the database at the end does no harm.
            if kind == .short { #expect(ended.sum == 0) } else { #expect(ended.sum > faults.count / 2) }
            let how =
                "each operation on the journal's files fails (I/O error, full disk, half a write; once and for good)"
            try Evidence.record(.neverGuessedAround, how, cases: faults.count)
            try Evidence.record(.neverRepeated, how, cases: faults.count)
        }

        /// Whether the failure was that of a flush of the log; then nothing may be written to it any more, since what
        /// could not be flushed may be gone without another error.
        private func isFailedFlushOfTheLog(_ fault: DiskFault, _ log: DiskLog) throws -> Bool {
            let operations = try #require(log.programs.first)
            guard let index = operations.firstIndex(where: { $0.number == fault.operation }),
                fault.kind != .short, operations[index].name == "sync", operations[index].file == "crew.sqlite-wal"
            else { return false }
            #expect(
                !operations[(index + 1)...].contains { $0.name == "write" && $0.file == "crew.sqlite-wal" },
                "\(fault)"
            )
            return true
        }
    }
#endif
