#if os(Linux)
    import ChatModel
    import CrewCore
    import CrewSQLite
    import CrewStore
    import Evidence
    import Foundation
    import Testing

    /// `kill -9` at the operations on the journal of a run none of whose tools may be called twice.
    ///
    /// The tools that come with the program may all be called twice, so the run's creation is recorded as if they might
    /// not; everything after it is the program's own.
    @Suite(.serialized, .timeLimit(.minutes(30)))
    struct CutOffToolTests {
        private let picker = CasePicker()

        /// What the reference crew's run begins with.
        private func creation() async throws -> RunCreated {
            let work = try Workspace()
            try ReferenceCrew.install(in: work)
            return try await ChatServer.with(replying: ReferenceCrew.numbered) { server in
                let outcome = try await work.crew("run", "crew.yaml", server: server.url)
                try #require(outcome.status == 0, "\(outcome.errors)")
                return try #require(try await StoreImage(of: work).state?.definition)
            }
        }

        @Test("A tool that may not be called twice is called once, whenever the program is killed")
        func once() async throws {
            let creation = try await creation()
            let faults = picker.pick(50, of: try await StruckRun.faults([.before, .torn, .after]))
            let kills = Tally()
            let unknown = Tally()
            try await faults.forEachOfTwo { fault in
                let (isKilled, isUnknown) = try await survive(fault, creation)
                kills.add(isKilled ? 1 : 0)
                unknown.add(isUnknown ? 1 : 0)
            }
            #expect(kills.sum > faults.count * 3 / 5, "seed \(picker.seed)")
            #expect(unknown.sum > faults.count / 20, "seed \(picker.seed)")
            try Evidence.record(
                .atMostOnce,
                "killed before, in and after each write of the journal, with tools that may not be called twice",
                cases: kills.sum
            )
        }

        private func survive(_ fault: DiskFault, _ creation: RunCreated) async throws -> (Bool, Bool) {
            let work = try Workspace()
            try ReferenceCrew.install(in: work)
            return try await ChatServer.with(replying: ReferenceCrew.numbered) { server in
                try await begin(creation, server, in: work)
                try #require(try await work.crew("trust", "--yes").status == 0)
                func resume(_ fault: DiskFault?, _ arguments: [String] = []) async throws -> ChildProcess.Outcome {
                    let variables = try DiskFault.variables(fault, log: work.path + "/disk.log")
                    let arguments = ["resume", "last", "--output", "json"] + arguments
                    return try await work.start(arguments, server: server.url, adding: variables).outcome()
                }
                func effects() -> Int { DiskLog(work.read("disk.log") ?? "").effects.count }

                let first = try await resume(fault)
                let left = try await StoreImage(of: work)
                #expect(left.integrity == "ok", "\(fault)")
                #expect(effects() <= 1, "\(fault)")
                let open = openTools(left.events)
                if effects() == 1 {
                    #expect(left.events.contains { $0.isToolIntent(of: "notes_write") }, "\(fault): without intent")
                }
                var isUnknown = false
                if left.state?.status != .finished {
                    #expect(first.signal == SIGKILL, "\(fault): \(first.errors)")
                    var next = try await resume(nil)
                    isUnknown = next.status == 5
                    #expect(isUnknown == !open.isEmpty, "\(fault): \(open) cut off, \(next.errors)")
                    if isUnknown {
                        let error = try next.object()["error"]
                        #expect(error?["code"]?.text == "outcome_unknown", "\(fault)")
                        let message = error?["message"]?.text ?? ""
                        #expect(open.contains { message.contains("\($0.tool) (\($0.name))") }, "\(fault): \(message)")
                        // A person has looked, and knows whether the file was written.
                        let policy = effects() == 1 && open.contains { $0.name == "notes_write" } ? "skip" : "retry"
                        next = try await resume(nil, ["--unknown-tools", policy])
                    }
                    #expect(next.status == 0, "\(fault): \(next.errors)")
                }
                let image = try await StoreImage(of: work)
                #expect(image.state?.end?.answer == ReferenceCrew.answer, "\(fault)")
                #expect(effects() == 1, "\(fault)")
                try ReferenceCrew.check(try image.documents(), server.requests, kills: 1, in: work)
                return (first.signal == SIGKILL, isUnknown)
            }
        }

        private func begin(_ creation: RunCreated, _ server: ChatServer, in work: Workspace) async throws {
            var creation = creation
            creation.folder = work.path
            for index in creation.crew.models.indices { creation.crew.models[index].baseURL = server.url }
            for index in creation.crew.crews.indices {
                creation.crew.crews[index].file = work.path + "/desk.yaml"
                creation.crew.crews[index].folder = work.path
            }
            creation.tools = creation.tools.mapValues { tools in
                tools.map {
                    ToolSpecification(
                        declaration: $0.declaration,
                        effects: $0.effects,
                        isIdempotent: false,
                        timeout: $0.timeout
                    )
                }
            }
            let store = SQLiteStore(directory: work.path + "/.crew")
            let time = Int64(Date().timeIntervalSince1970 * 1_000)
            let event = Event(sequence: 1, time: time, fact: .runCreated(creation))
            store.keep(try PromptBook.builtIn())
            await store.release(try await store.create(creation.run, [event]))
            await store.close()
        }

        /// The calls of tools that were begun and whose end is not recorded.
        private func openTools(_ events: [Event]) -> [ToolIntended] {
            var open: [ToolIntended] = []
            for event in events {
                switch event.fact {
                case .toolIntended(let intent): open.append(intent)
                case .toolCompleted(let end): open.removeAll { $0.tool == end.tool }
                default: break
                }
            }
            return open
        }
    }

    extension Event {
        fileprivate func isToolIntent(of name: String) -> Bool {
            if case .toolIntended(let intent) = fact { intent.name == name } else { false }
        }
    }
#endif
