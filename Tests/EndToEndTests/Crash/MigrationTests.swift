#if os(Linux)
    import CrewStore
    import Evidence
    import Foundation
    import Testing

    /// A store of an earlier layout that is brought up to the present one by a program that is killed at any moment.
    @Suite(.serialized, .timeLimit(.minutes(10)))
    struct MigrationTests {
        private let work: Workspace

        init() throws { work = try Workspace() }

        private func install() throws {
            try? FileManager.default.removeItem(atPath: work.path + "/.crew")
            let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("CrewStoreTests/Golden/v2/accounts/crew.sqlite")
            try work.write(try Data(contentsOf: golden), to: ".crew/crew.sqlite")
        }

        @Test("What is left is the old store or the new one, wherever the program was killed")
        func killed() async throws {
            var kills = 0
            var isOver = false
            var operation = 0
            while !isOver {
                operation += 1
                for kind in [DiskFault.Kind.before, .torn, .after] {
                    try install()
                    let fault = DiskFault(kind: kind, operation: operation)
                    let variables = try DiskFault.variables(fault, log: work.path + "/disk.log")
                    let outcome = try await work.start(["trust", "--yes"], adding: variables).outcome()
                    if outcome.signal == SIGKILL {
                        kills += 1
                        try await goOn(after: fault)
                    } else {
                        #expect(outcome.status == 0, "\(fault): \(outcome.errors)")
                        // Only a write can be torn.
                        if kind == .before { isOver = true }
                    }
                }
            }
            #expect(kills > 20)
            try Evidence.record(.neverGuessedAround, "killed while a store is brought up to a new layout", cases: kills)
        }

        private func goOn(after fault: DiskFault) async throws {
            let version = try RunStore.survey(work.path + "/.crew").version
            #expect(version == 2 || version == 3, "\(fault)")
            let trusted = try await work.crew("trust", "--yes")
            #expect(trusted.status == 0, "\(fault): \(trusted.errors)")
            let verified = try await work.crew("verify", "--output", "json").object()
            #expect(verified["sound"] == .bool(true), "\(fault): \(verified)")
            #expect(verified["entries"]?.integer == 5 && verified["runs"]?.items.count == 3, "\(fault)")
        }
    }
#endif
