import ChatModel
import CrewCore
import CrewRuntime
import Foundation
import GRDB
import Testing

@testable import CrewSQLite
@testable import CrewStore

/// What a newer crew left behind, as this one meets it.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct NewerCrewTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Crews.sequence, to: "crew.yaml")
    }

    /// Leaves a run that was cut off after its first call, with an event in it that nobody here knows.
    ///
    /// - Returns: The run, and the event's own text.
    private func leave(_ server: ChatServer) async throws -> (run: String, json: String) {
        let outcome = try await work.crew(
            "run",
            "crew.yaml",
            "--store",
            "whole",
            "--limit-calls",
            "1",
            server: server.url
        )
        try #require(outcome.status == 4, "\(outcome.errors)")
        let whole = SQLiteStore(directory: work.path + "/whole")
        let run = try #require(try await whole.runs().first?.run)
        var events = try await whole.events(of: run)
        await whole.close()
        events.removeLast()
        let (sequence, time) = (events.count + 1, events.last?.time ?? 0)
        let json = #"{"type":"gate.opened","version":3,"sequence":\#(sequence),"time":\#(time),"by":["Ann",1.50]}"#
        events.append(try JSONDecoder().decode(Event.self, from: Data(json.utf8)))
        let store = SQLiteStore(directory: work.path + "/.crew")
        store.keep(try PromptBook.builtIn())
        await store.release(try await store.create(run, events))
        await store.close()
        try #require(try await work.crew("trust", "--yes").status == 0)
        return (run, json)
    }

    @Test func anEventIsShownAndVerifiedAndNotGoneOnFrom() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let (run, json) = try await leave(server)
            let requests = server.requests.count
            let shown = try await work.crew("show", "last")
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(shown.output.contains("journal: gate.opened, version 3, which only a newer crew understands"))
            let object = try await work.crew("show", "last", "--output", "json").object()
            let unknown = object["unknown_events"]?.items ?? []
            #expect(unknown.count == 1 && unknown.first?["type"]?.text == "gate.opened")
            #expect(unknown.first?["version"]?.integer == 3)
            let events = try await work.crew("show", "last", "--events").lines()
            #expect(try events.last == JSON(json))
            let verified = try await work.crew("verify")
            #expect(
                verified.status == 0 && verified.output.contains("1 of them written by a newer crew"),
                "\(verified)"
            )
            let listed = try await work.crew("runs", "--output", "json")
            #expect(try JSON(listed.output).items.first?["run"]?.text == run)
            let before = try dump()
            let resumed = try await work.crew("resume", "last", server: server.url)
            #expect(resumed.status == 2, "\(resumed.errors)")
            #expect(
                resumed.errors.contains("(gate.opened, version 3) was written by a newer crew")
                    && resumed.errors.contains("Update crew") && !resumed.errors.contains("damaged"),
                "\(resumed.errors)"
            )
            let programs = try await work.crew("resume", "last", "--output", "json", server: server.url).object()
            #expect(programs["error"]?["code"]?.text == "wrong_version")
            #expect(server.requests.count == requests)
            #expect(try dump() == before)
        }
    }

    @Test func aRunThatANewerCrewCreatedIsShownByItsEvents() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let (run, _) = try await leave(server)
            let json = #"{"sequence":1,"time":1,"type":"run.created","version":9,"scope":{"a":1}}"#
            try replaceCreation(of: run, by: Data(json.utf8))
            let shown = try await work.crew("show", "last")
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(shown.output.contains("run.created, version 9, which only a newer crew understands"))
            #expect(shown.output.contains("result r1") && shown.output.contains("update crew"))
            let object = try await work.crew("show", "last", "--output", "json").object()
            #expect(object["run"]?.text == run && object["unknown_events"]?.items.count == 2)
            #expect(try await work.crew("runs").output.contains(run))
            let resumed = try await work.crew("resume", "last", server: server.url)
            #expect(resumed.status == 2 && resumed.errors.contains("event 1 of run \(run) (run.created, version 9)"))
        }
    }

    /// Puts an event in the place of a run's creation, and makes the chain anew.
    private func replaceCreation(of run: String, by payload: Data) throws {
        let database = try DatabaseQueue(path: work.path + "/.crew/crew.sqlite")
        defer { try? database.close() }
        try database.write { db in
            try db.execute(
                sql: "UPDATE events SET payload = ? WHERE run = ? AND sequence = 1",
                arguments: [payload, run]
            )
            var chain = EventChain(run: run)
            for row in try Row.fetchAll(
                db,
                sql: "SELECT * FROM events WHERE run = ? ORDER BY sequence",
                arguments: [run]
            ) {
                let payload: Data = row["payload"]
                chain.add(
                    sequence: row["sequence"],
                    epoch: row["epoch"],
                    time: row["time"],
                    kind: row["type"],
                    payload: payload
                )
                try db.execute(
                    sql: "UPDATE events SET hash = ? WHERE run = ? AND sequence = ?",
                    arguments: [Data(chain.head), run, row["sequence"] as Int64]
                )
            }
            try db.execute(sql: "UPDATE runs SET head = ? WHERE run = ?", arguments: [Data(chain.head), run])
        }
    }

    /// Everything that stands in the store.
    private func dump() throws -> [String] {
        let database = try DatabaseQueue(path: work.path + "/.crew/crew.sqlite")
        defer { try? database.close() }
        return try database.read { db in
            try ["runs", "events", "accounts", "register", "meta"].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\($0)" }
            }
        }
    }

    @Test func aStoreIsRefusedAndNothingIsWrittenToIt() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            try #require(try await work.crew("run", "crew.yaml", server: server.url).status == 0)
            let database = try DatabaseQueue(path: work.path + "/.crew/crew.sqlite")
            try await database.writeWithoutTransaction { db in
                try db.execute(sql: "CREATE TABLE what_comes_later (run TEXT); PRAGMA user_version = 99")
            }
            try database.close()
            // Whoever looks at it may leave an empty log, and the log's index.
            let bytes = { FileManager.default.contents(atPath: work.path + "/.crew/crew.sqlite") }
            let before = bytes()
            for arguments in [
                ["run", "crew.yaml"], ["runs"], ["show", "last"], ["resume", "last"], ["verify"], ["budget"],
                ["trust", "--yes"],
            ] {
                let outcome = try await work.start(arguments, server: server.url).outcome()
                #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
                #expect(
                    outcome.errors.contains("was written by a newer crew") && outcome.errors.contains("Update crew"),
                    "\(arguments): \(outcome.errors)"
                )
                #expect(!outcome.errors.contains("damaged"))
            }
            #expect(server.requests.count == 2)
            #expect(before != nil && bytes() == before)
            #expect(FileManager.default.contents(atPath: work.path + "/.crew/crew.sqlite-wal")?.isEmpty != false)
        }
    }
}
