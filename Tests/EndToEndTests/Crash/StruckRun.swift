#if os(Linux)
    import CrewCore
    import Foundation
    import Testing

    /// A run of the reference crew whose program is struck by the disk, once or several times, and resumed until the run
    /// has finished.
    struct StruckRun {
        let work: Workspace
        let server: ChatServer
        /// How often the program was cut off.
        private(set) var kills = 0
        /// Whether one of the programs ended because of an error of the disk.
        private(set) var isEndedByError = false
        private(set) var log = DiskLog("")
        private let title: Comment

        /// Runs the crew and strikes its first processes, each with one of the faults; checks what must hold after each
        /// and at the end.
        ///
        /// - Returns: How often it was cut off, and what was done to the disk.
        @discardableResult
        static func survive(_ faults: [DiskFault]) async throws -> StruckRun {
            let work = try Workspace()
            try ReferenceCrew.install(in: work)
            return try await ChatServer.with(replying: ReferenceCrew.numbered) { server in
                var run = StruckRun(work: work, server: server, title: "\(faults)")
                try await run.go(faults)
                try await run.checkEnd()
                return run
            }
        }

        /// A fault of each kind for each operation of a run that nothing disturbs.
        static func faults(
            _ kinds: [DiskFault.Kind],
            at isMeant: (DiskLog.Operation) -> Bool = { _ in true }
        ) async throws -> [DiskFault] {
            let operations = try #require(try await survive([]).log.programs.first)
            // Fewer would mean that the library does not see what SQLite does.
            try #require(operations.count > 100 && operations.contains { $0.name == "sync" })
            return operations.filter(isMeant).flatMap { operation in
                kinds.filter { ![.torn, .short].contains($0) || operation.name == "write" }
                    .map { DiskFault(kind: $0, operation: operation.number) }
            }
        }

        private init(work: Workspace, server: ChatServer, title: Comment) {
            self.work = work
            self.server = server
            self.title = title
        }

        private mutating func go(_ faults: [DiskFault]) async throws {
            for fault in faults + [nil] {
                let image = try await StoreImage(of: work)
                checkMoment(image)
                if image.state?.status == .finished { return }
                let arguments = image.events.isEmpty ? ["run", "crew.yaml"] : ["resume", "last"]
                let outcome = try await start(arguments, fault)
                if outcome.signal == SIGKILL {
                    kills += 1
                } else if fault?.kind.isError == true, outcome.status != 0 {
                    kills += 1
                    #expect(outcome.status == 1, "\(title): \(outcome.errors)")
                    #expect(
                        outcome.output.isEmpty && outcome.errors.contains("crew.sqlite"),
                        "\(title): \(outcome.errors)"
                    )
                    isEndedByError = true
                } else {
                    #expect(outcome.status == 0, "\(title): \(outcome.errors)")
                    #expect(outcome.output == ReferenceCrew.answer + "\n", title)
                    return
                }
            }
        }

        private mutating func start(_ arguments: [String], _ fault: DiskFault?) async throws -> ChildProcess.Outcome {
            let path = work.path + "/disk.log"
            let variables = try DiskFault.variables(fault, log: path)
            let outcome = try await work.start(arguments, server: server.url, adding: variables).outcome()
            log = DiskLog(work.read("disk.log") ?? "")
            return outcome
        }

        /// Whatever was done has been intended, and that is on the disk.
        private func checkMoment(_ image: StoreImage) {
            #expect(image.integrity == "ok", title)
            let kinds = image.events.map(\.fact.kind)
            #expect(server.requests.count <= kinds.count { $0 == .callIntended }, "\(title): a request without intent")
            if !log.effects.isEmpty { #expect(kinds.contains(.toolIntended), "\(title): an effect without intent") }
        }

        private func checkEnd() async throws {
            let image = try await StoreImage(of: work)
            checkMoment(image)
            let state = try #require(image.state, title)
            #expect(state.status == .finished, title)
            #expect(state.end?.answer == ReferenceCrew.answer, title)
            for account in [state.ledger.run] + state.ledger.members.values { #expect(account.held == .zero, title) }
            let attempts = image.events.count { $0.fact.kind == .callIntended }
            #expect(state.ledger.run.committed.calls == attempts, title)
            // The tool is idempotent: it may be called anew, and then for the same call.
            #expect((1...(1 + kills)).contains(log.effects.count), title)
            #expect(Set(log.effects).count == 1, title)
            try ReferenceCrew.check(try image.documents(), server.requests, kills: kills, in: work)
        }
    }

    extension DiskFault.Kind {
        /// Whether the program lives on and is told of an error.
        var isError: Bool {
            switch self {
            case .before, .torn, .after, .power: false
            case .error, .errorForGood, .full, .fullForGood, .short: true
            }
        }
    }
#endif
