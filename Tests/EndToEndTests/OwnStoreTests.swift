import CrewSQLite
import CrewStore
import Foundation
import GRDB
import ScriptedServer
import Testing

/// Stores that somebody else has put where a person works.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct OwnStoreTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Crews.sequence, to: "crew.yaml")
    }

    /// A store as it was made elsewhere: with runs, and without this account's seal.
    private func plant(in folder: String = ".crew") async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let outcome = try await work.crew("run", "crew.yaml", "--store", "elsewhere/.crew", server: server.url)
            try #require(outcome.status == 0, "\(outcome.errors)")
        }
        try FileManager.default.moveItem(atPath: work.path + "/elsewhere/.crew", toPath: work.path + "/" + folder)
    }

    private func sql(_ sql: String) throws {
        let database = try DatabaseQueue(path: work.path + "/.crew/crew.sqlite")
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }

    private static let commands = [
        ["run", "crew.yaml"], ["resume", "last"], ["runs"], ["show", "last"], ["verify"], ["verify", "last"],
        ["budget"],
        ["budget", "set", "project", "1"], ["budget", "clear", "project"],
    ]

    @Test("A planted store is refused by every command, named, and nothing is asked of anybody")
    func planted() async throws {
        try await plant()
        let before = work.files(below: ".crew")
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            for arguments in Self.commands + [["runs", "--store", ".crew"], ["resume", "last", "--store", ".crew/"]] {
                let outcome = try await work.start(arguments, server: server.url, key: "sk-mine").outcome()
                #expect(outcome.status == 1, "\(arguments): \(outcome.errors)")
                #expect(outcome.output.isEmpty, "\(arguments)")
                #expect(outcome.errors.contains(".crew is not known to be your own store"), "\(outcome.errors)")
                #expect(outcome.errors.contains("crew trust "), "\(outcome.errors)")
            }
            let doctor = try await work.crew("doctor", server: server.url, key: "sk-mine")
            #expect(doctor.output.contains("crew trust"), "\(doctor.output)")
            #expect(server.requests.isEmpty)
            // SQLite's own scratch beside the database, which is empty, may stand there.
            let after = work.files(below: ".crew").filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
            #expect(after == before, "no lock, no cache, no event")

            // Without a terminal it takes a word; then it is as any other.
            let unasked = try await work.crew("trust")
            #expect(unasked.status == 2 && unasked.errors.contains("1 run"), "\(unasked.errors)")
            #expect(try await work.crew("runs").status == 1)
            let trusted = try await work.crew("trust", "--yes")
            #expect(trusted.status == 0, "\(trusted.errors)")
            #expect(try await work.crew("runs").output.contains("sequence"))
            #expect(try await work.crew("verify").status == 0)
            #expect(try await work.crew("trust", ".crew").errors.contains("already"))
            let run = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(run.status == 0, "\(run.errors)")
        }
    }

    @Test("A store of an earlier version is taken over once, and then shown")
    func earlierVersion() async throws {
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("CrewStoreTests/Golden/v2/accounts/crew.sqlite")
        try work.write(try Data(contentsOf: golden), to: ".crew/crew.sqlite")
        for arguments in [["runs"], ["show", "last"], ["verify"], ["budget"]] {
            let outcome = try await work.start(arguments).outcome()
            #expect(outcome.status == 1 && outcome.errors.contains("crew trust"), "\(outcome.errors)")
        }
        let trusted = try await work.crew("trust", "--yes")
        #expect(trusted.status == 0 && trusted.errors.contains("layout 2"), "\(trusted.errors)")
        #expect(try await work.crew("runs").output.split(separator: "\n").count == 4)
        let shown = try await work.crew("show", "20261125-094101-tnfvx6c2")
        #expect(shown.status == 0 && shown.output.contains("What was asked for"), "\(shown.errors)")
        #expect(try await work.crew("budget").output.contains("$10.00"))
        let verified = try await work.crew("verify", "--output", "json").object()
        #expect(verified["sound"] == .bool(true) && verified["head"]?.text?.count == 64)
    }

    @Test func aPlantedViewHangsNothing() async throws {
        try await plant()
        #expect(try await work.crew("trust", "--yes").status == 0)
        let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS run FROM c"
        try sql("ALTER TABLE runs RENAME TO kept; CREATE VIEW runs AS \(endless)")
        for arguments in Self.commands + [["trust", "--yes"]] {
            let outcome = try await work.start(arguments, server: "http://127.0.0.1:9/v1").outcome()
            #expect(outcome.status == 1, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains("no crew makes"), "\(arguments): \(outcome.errors)")
        }
    }

    @Test("A store in a folder above that is another user's is not used")
    func above() async throws {
        guard geteuid() == 0 else { return try await aboveAsNobody() }
        try FileManager.default.createDirectory(atPath: work.path + "/.crew", withIntermediateDirectories: false)
        #expect(chown(work.path + "/.crew", 65_534, 65_534) == 0)
        try work.write(Crews.sequence, to: "project/crew.yaml")
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let outcome = try await work.crew("run", "project/crew.yaml", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(work.files(below: "project/.crew").contains("crew.sqlite"))
            #expect(work.files(below: ".crew").isEmpty)
            let beside = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(beside.status == 1 && beside.errors.contains("belongs to"), "\(beside.errors)")
            #expect(work.files(below: ".crew").isEmpty)
        }
    }

    /// Only root can give a folder to another user; for others, the root of all folders is one.
    private func aboveAsNobody() async throws {
        let outcome = try await work.crew("runs", "--store", "/usr")
        #expect(outcome.status == 1 && outcome.errors.contains("belongs to"), "\(outcome.errors)")
    }

    @Test func withoutAHomeFolderTheRemedyIsNamed() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let variables = ["HOME": "", "XDG_STATE_HOME": ""]
            let outcome = try await work.start(["run", "crew.yaml"], server: server.url, adding: variables).outcome()
            #expect(outcome.status == 1 && outcome.errors.contains("XDG_STATE_HOME"), "\(outcome.errors)")
            #expect(server.requests.isEmpty)
            let elsewhere = ["HOME": "", "XDG_STATE_HOME": work.path + "/state"]
            let second = try await work.start(["run", "crew.yaml"], server: server.url, adding: elsewhere).outcome()
            #expect(second.status == 0, "\(second.errors)")
            #expect(work.files(below: "state") == ["crew", "crew/key"])
        }
    }

    @Test("Completion in bash runs nothing that a store says, and opens none")
    func completion() async throws {
        try await plant()
        #expect(try await work.crew("trust", "--yes").status == 0)
        let planted = "'$(id>planted)`id>planted`'"
        try sql(
            """
            UPDATE runs SET run = \(planted), crew = \(planted); UPDATE events SET run = \(planted);
            INSERT INTO accounts SELECT 'crew/' || \(planted), 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1
            """
        )
        let input = "\"$(id>planted)`id>planted`\": {default: x}"
        try work.write("crew: c\ngoal: g\ninputs: {topic: {default: x}, \(input)}\n", to: "crew.yaml")
        let before = work.files(below: ".crew")
        let outcome = try await work.shell(
            """
            "$CREW" --generate-completion-script bash >completion.bash || exit 1
            cat >complete.bash <<'END'
            PATH=$(dirname "$CREW"):$PATH
            source ./completion.bash
            function_name=$(complete -p crew | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            for line in "crew show " "crew resume " "crew verify " "crew budget set " "crew budget clear " \
                "crew run crew.yaml --input " "crew "; do
                COMP_WORDS=(); read -r -a COMP_WORDS <<<"$line"; COMP_WORDS+=("")
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=$line; COMP_POINT=${#line}; COMPREPLY=()
                "$function_name" crew "" "${COMP_WORDS[COMP_CWORD-1]}"
                echo "$line: ${COMPREPLY[*]}"
            done
            END
            exec bash complete.bash
            """
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("crew show : last") || outcome.output.contains(" last"), "\(outcome.output)")
        #expect(outcome.output.contains("project"), "\(outcome.output)")
        #expect(outcome.output.contains("topic="), "\(outcome.output)")
        #expect(!work.files().contains("planted"), "a command was run: \(outcome.output)")
        #expect(work.files(below: ".crew") == before)
        // What cannot be a run's name is damage wherever it is met, and is never written raw.
        for arguments in [["runs"], ["show", "last"], ["budget"], ["verify", "--output", "json"]] {
            let outcome = try await work.start(arguments).outcome()
            #expect(outcome.status == 1, "\(arguments): \(outcome.errors)")
        }
    }
}
