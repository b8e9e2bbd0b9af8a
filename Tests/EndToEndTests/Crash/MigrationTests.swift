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

        @Test("What is left is the old store or the new one", arguments: [DiskFault.Kind.before, .torn, .after])
        func killed(kind: DiskFault.Kind) async throws {
            var kills = 0
            for operation in 1... {
                try install()
                let fault = DiskFault(kind: kind, operation: operation)
                let variables = try DiskFault.variables(fault, log: work.path + "/disk.log")
                let outcome = try await work.start(["trust", "--yes"], adding: variables).outcome()
                guard outcome.signal == SIGKILL else {
                    #expect(outcome.status == 0, "\(fault): \(outcome.errors)")
                    break
                }
                kills += 1
                let version = try RunStore.survey(work.path + "/.crew").version
                #expect(version == 2 || version == 3, "\(fault)")
                let trusted = try await work.crew("trust", "--yes")
                #expect(trusted.status == 0, "\(fault): \(trusted.errors)")
                let verified = try await work.crew("verify", "--output", "json").object()
                #expect(verified["sound"] == .bool(true), "\(fault): \(verified)")
                #expect(verified["entries"]?.integer == 5 && verified["runs"]?.items.count == 3, "\(fault)")
            }
            #expect(kills > 5)
            try Evidence.record(.neverGuessedAround, "killed while a store is brought up to a new layout", cases: kills)
        }
    }
#endif
