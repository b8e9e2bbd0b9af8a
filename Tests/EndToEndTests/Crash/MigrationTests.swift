#if os(Linux)
    import CrewSQLite
    import CrewStore
    import Evidence
    import Foundation
    import Testing

    /// A store of an earlier layout that is brought up to the present one by a program that is killed at any moment.
    @Suite(.serialized, .timeLimit(.minutes(10)))
    struct MigrationTests {
        private let work: Workspace

        init() throws { work = try Workspace() }

        /// A store that a released program left, and what is in it.
        struct Golden: Sendable, CustomStringConvertible {
            var version: Int
            var name: String
            var entries: Int
            var runs: Int
            /// The fewest operations on the disk by which it is brought up.
            var operations: Int

            var description: String { "v\(version)/\(name)" }
        }

        private static let stores = [
            Golden(version: 2, name: "accounts", entries: 5, runs: 3, operations: 20),
            Golden(version: 3, name: "ended", entries: 6, runs: 3, operations: 6),
            // With a log that nobody has taken in yet.
            Golden(version: 3, name: "interrupted", entries: 2, runs: 2, operations: 6),
            Golden(version: 4, name: "changed", entries: 2, runs: 2, operations: 6),
        ]

        private func install(_ golden: Golden) throws {
            try? FileManager.default.removeItem(atPath: work.path + "/.crew")
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("CrewStoreTests/Golden/\(golden)")
            for file in ["crew.sqlite", "crew.sqlite-wal"] {
                guard let data = FileManager.default.contents(atPath: folder.path + "/" + file) else { continue }
                try work.write(data, to: ".crew/" + file)
            }
        }

        @Test("What is left is the old store or the new one, wherever the program was killed", arguments: stores)
        func killed(golden: Golden) async throws {
            var kills = 0
            var isOver = false
            var operation = 0
            while !isOver {
                operation += 1
                for kind in [DiskFault.Kind.before, .torn, .after] {
                    try install(golden)
                    let fault = DiskFault(kind: kind, operation: operation)
                    let variables = try DiskFault.variables(fault, log: work.path + "/disk.log")
                    let outcome = try await work.start(["trust", "--yes"], adding: variables).outcome()
                    if outcome.signal == SIGKILL {
                        kills += 1
                        try await goOn(golden, after: fault)
                    } else {
                        #expect(outcome.status == 0, "\(fault): \(outcome.errors)")
                        // Only a write can be torn.
                        if kind == .before { isOver = true }
                    }
                }
            }
            #expect(kills > golden.operations)
            try Evidence.record(.neverGuessedAround, "killed while a store is brought up to a new layout", cases: kills)
        }

        private func goOn(_ golden: Golden, after fault: DiskFault) async throws {
            let version = try SQLiteStore.survey(work.path + "/.crew").version
            #expect(version == golden.version || version == 5, "\(fault)")
            let trusted = try await work.crew("trust", "--yes")
            #expect(trusted.status == 0, "\(fault): \(trusted.errors)")
            let verified = try await work.crew("verify", "--output", "json").object()
            #expect(verified["sound"] == .bool(true), "\(fault): \(verified)")
            #expect(verified["entries"]?.integer == golden.entries, "\(fault)")
            #expect(verified["runs"]?.items.count == golden.runs, "\(fault)")
        }
    }
#endif
