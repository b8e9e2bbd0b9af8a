#if os(Linux)
    import CrewCore
    import CrewSQLite
    import CrewStore
    import CrewTesting
    import Evidence
    import Foundation
    import GRDB
    import Testing

    /// A run that was cut off and whose store is then full, read-only, of another version or damaged.
    @Suite(.serialized, .timeLimit(.minutes(30)))
    struct UnusableStoreTests {
        private let work: Workspace
        private let picker = CasePicker()

        init() throws {
            work = try Workspace()
            try ReferenceCrew.install(in: work)
        }

        /// Leaves a store with a finished run in the database and one that was cut off in the log.
        private func cutOff(_ server: ChatServer) async throws {
            let first = try await work.crew("run", "crew.yaml", server: server.url)
            try #require(first.status == 0, "\(first.errors)")
            let variables = try DiskFault.variables(
                DiskFault(kind: .before, operation: 120),
                log: work.path + "/disk.log"
            )
            let second = try await work.start(["run", "crew.yaml"], server: server.url, adding: variables).outcome()
            try #require(second.signal == SIGKILL)
        }

        @Test(
            "The disk is full in the midst of a run, which goes on when there is room",
            arguments: [8, 40, 72, 104, 136, 168, 200]
        )
        func full(kilobytes: Int) async throws {
            try await ChatServer.with(replying: ReferenceCrew.numbered) { server in
                let outcome = try await work.inNamespace(
                    """
                    mkdir store && mount -t tmpfs -o size=1m,mode=700 none store || exit 99
                    dd if=/dev/zero of=store/ballast bs=1k count=$((1024 - \(kilobytes))) 2>/dev/null || exit 98
                    "$CREW" run crew.yaml --store store >out.txt 2>errors.txt
                    echo $? >status.txt
                    rm store/ballast
                    if [ -s store/crew.sqlite ] && "$CREW" runs --store store | grep -q reference
                    then "$CREW" resume last --store store
                    else "$CREW" run crew.yaml --store store
                    fi
                    status=$?
                    rm -rf .crew && cp -r store .crew
                    exit $status
                    """,
                    server: server.url
                )
                #expect(work.read("status.txt") == "1\n", "the disk is not full: \(work.read("errors.txt") ?? "")")
                #expect(work.read("out.txt") == "")
                #expect(work.read("errors.txt")?.contains("full") == true, "\(work.read("errors.txt") ?? "")")
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.output == ReferenceCrew.answer + "\n")
                let image = try await StoreImage(of: work)
                #expect(image.integrity == "ok")
                try ReferenceCrew.check(try image.documents(), server.requests, kills: 1, in: work)
            }
            try Evidence.record(.neverGuessedAround, "the disk is full during a run, which goes on when there is room")
        }

        @Test func aStoreOnAReadOnlyDiskIsReadAndNotWritten() async throws {
            try await ChatServer.with(replying: ReferenceCrew.reply) { server in
                try await cutOff(server)
                let asked = server.requests.count
                let outcome = try await work.inNamespace(
                    """
                    mount --bind .crew .crew && mount -o remount,bind,ro .crew || exit 99
                    "$CREW" show last >&2 || exit 98
                    "$CREW" runs >&2 || exit 97
                    exec "$CREW" resume last
                    """,
                    server: server.url
                )
                #expect(outcome.status == 1, "\(outcome.errors)")
                #expect(outcome.output.isEmpty)
                #expect(outcome.errors.lowercased().contains("read-only"), "\(outcome.errors)")
                #expect(server.requests.count == asked)
                let resumed = try await work.crew("resume", "last", server: server.url)
                #expect(resumed.status == 0, "\(resumed.errors)")
            }
            try Evidence.record(.neverGuessedAround, "the disk is read-only when a run is to go on")
        }

        @Test("A store of another version is refused, whatever is asked", arguments: [0, 99])
        func otherVersion(version: Int) async throws {
            try await ChatServer.with(replying: ReferenceCrew.reply) { server in
                try await cutOff(server)
                let asked = server.requests.count
                let database = try DatabaseQueue(path: work.path + "/.crew/crew.sqlite")
                try await database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = \(version)") }
                try database.close()
                let before = work.bytes(of: ".crew/crew.sqlite")
                for arguments in [["run", "crew.yaml"], ["resume", "last"], ["show", "last"], ["runs"]] {
                    let outcome = try await work.start(arguments, server: server.url).outcome()
                    #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
                    #expect(outcome.output.isEmpty, "\(arguments)")
                    #expect(outcome.errors.contains("version \(version)"), "\(arguments): \(outcome.errors)")
                }
                #expect(server.requests.count == asked)
                #expect(work.bytes(of: ".crew/crew.sqlite") == before)
            }
            try Evidence.record(.neverGuessedAround, "a store of another version, whatever is asked", cases: 4)
        }

        @Test("A bit of the database or its log is flipped: it is found and named, or does no harm")
        func flippedBits() async throws {
            let rounds = picker.isComplete ? 400 : 40
            try await ChatServer.with(replying: ReferenceCrew.numbered) { server in
                try await cutOff(server)
                let files = ["crew.sqlite", "crew.sqlite-wal"].map { ($0, work.bytes(of: ".crew/" + $0)) }
                let recorded = try await recordedBodies(server)
                var random = SeededGenerator(seed: picker.seed)
                var found = 0
                for round in 0..<rounds {
                    let struck = round % files.count
                    let bit = Int.random(in: 0..<(files[struck].1.count * 8), using: &random)
                    let title: Comment = "seed \(picker.seed), round \(round): bit \(bit) of \(files[struck].0)"
                    try FileManager.default.removeItem(atPath: work.path + "/.crew")
                    for (index, (name, bytes)) in files.enumerated() {
                        var bytes = bytes
                        if index == struck { bytes[bit / 8] ^= 1 << UInt8(bit % 8) }
                        try work.write(bytes, to: ".crew/" + name)
                    }
                    let asked = server.requests.count
                    let outcome = try await work.crew("resume", "last", server: server.url)
                    #expect(outcome.signal == nil, title)
                    if outcome.status == 0 {
                        #expect(outcome.output == ReferenceCrew.answer + "\n", title)
                    } else {
                        found += 1
                        // Where the list of runs is what was struck, the run may not be found under its name.
                        #expect([1, 2].contains(outcome.status), "\(title): \(outcome.errors)")
                        #expect(
                            outcome.output.isEmpty && outcome.errors.contains("error"),
                            "\(title): \(outcome.errors)"
                        )
                    }
                    let repeated = server.requests.dropFirst(asked).filter { recorded.contains($0.body) }
                    #expect(repeated.isEmpty, "\(title): a recorded call was made again")
                }
                #expect(found > rounds / 4)
            }
            try Evidence.record(.neverGuessedAround, "a flipped bit in the database or its log", cases: rounds)
        }

        /// The requests whose answers stand in the journal of the run that was cut off, but for those in the last two
        /// transactions: damage at the very end of a log cannot be told from a crash.
        private func recordedBodies(_ server: ChatServer) async throws -> Set<[UInt8]> {
            let answers = try await work.crew("show", "last", "--events").lines()
                .filter { $0["type"]?.text == "call.completed" }.dropLast(2)
            try #require(answers.count > 1)
            return Set(answers.compactMap { $0["usage"]?["input"]?.integer }.map { server.requests[$0 - 1_001].body })
        }
    }

    extension Workspace {
        fileprivate func bytes(of name: String) -> Data {
            FileManager.default.contents(atPath: path + "/" + name) ?? Data()
        }
    }
#endif
