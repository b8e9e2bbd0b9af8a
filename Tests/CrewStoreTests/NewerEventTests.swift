import ChatModel
import CrewTesting
import CrewTools
import Foundation
import GRDB
import Testing

@testable import CrewCore
@testable import CrewRuntime
@testable import CrewSQLite
@testable import CrewStore

/// Runs in which a newer crew recorded what this one does not know.
@Suite(.timeLimit(.minutes(2)))
struct NewerEventTests {
    private let directory: TemporaryFolder
    private var path: String { directory.path + "/crew.sqlite" }

    init() throws { directory = try TemporaryFolder() }

    /// An event as a newer crew writes it, in an order and with numbers of its own.
    static func json(_ sequence: Int, _ type: String = "gate.opened", _ version: Int = 1) -> String {
        "{\"version\":\(version),\"z\":{\"b\":[1.50,1e2,\"\\u00e9/\\/\"],\"a\":null},\"type\":\"\(type)\",\"time\":\(sequence),"
            + "\"sequence\":\(sequence)}"
    }

    static func event(_ sequence: Int, _ type: String = "gate.opened", _ version: Int = 1) -> Event {
        let fact = UnknownFact(type: type, version: version, json: json(sequence, type, version))
        return Event(sequence: sequence, time: Int64(sequence), fact: .unknown(fact))
    }

    /// Leaves a store with one run that this version understands, and one that it does not.
    private func fill(_ facts: [Fact], then unknown: [Event]) async throws {
        let store = SQLiteStore(directory: directory.path)
        _ = try await store.create("known", Samples.events([Samples.created("known")]))
        let lease = try await store.create("newer", Samples.events(facts))
        try await store.append(unknown, lease)
        await store.close()
    }

    private func rows(_ sql: String) throws -> [String] {
        let database = try DatabaseQueue(path: path)
        defer { try? database.close() }
        return try database.read { try Row.fetchAll($0, sql: sql).map { "\($0)" } }
    }

    @Test(
        "It is shown byte for byte and verified, and nobody goes on from it",
        arguments: [event(2), event(2, "run.ended", 2), event(2, "call.intended", 7)]
    )
    func unknown(event: Event) async throws {
        try await fill([Samples.created("newer")], then: [event, Samples.note(3)])
        let store = SQLiteStore(directory: directory.path)
        let events = try await store.events(of: "newer")
        #expect(events == [Samples.events([Samples.created("newer")])[0], event, Samples.note(3)])
        let verification = try await store.verify()
        #expect(verification.isSound, "\(verification)")
        #expect(verification.runs.map(\.newer) == [0, 1])
        #expect(try await store.runs().count == 2)
        let before = try rows("SELECT * FROM runs")
        let refusal = await #expect(throws: JournalError.self) { try await store.open("newer") }
        #expect(refusal?.code == .wrongVersion)
        #expect(
            refusal?.message.contains("event 2 of run newer (\(event.fact.name)") == true,
            "\(refusal?.message ?? "")"
        )
        #expect(refusal?.message.contains("newer crew") == true && refusal?.message.contains("Update crew") == true)
        #expect(try rows("SELECT * FROM runs") == before, "the run was taken over")
        // It is not kept from others either.
        await expect(.wrongVersion) { try await store.open("newer") }
        _ = try await store.open("known")
        await store.close()
        // What is on the disk is what was written.
        guard case .unknown(let fact) = event.fact else { return }
        let database = try DatabaseQueue(path: path)
        let stored = try await database.read { db in
            try Data.fetchOne(db, sql: "SELECT payload FROM events WHERE run = 'newer' AND sequence = 2")
        }
        try database.close()
        #expect(stored == Data(fact.json.utf8))
    }

    @Test func aRunThatANewerCrewCreatedIsListed() async throws {
        try await fill([Samples.created("newer")], then: [Samples.note(2)])
        // As a newer crew would have written it, chain and all.
        let payload = Self.json(1, "run.created", 9)
        let database = try DatabaseQueue(path: path)
        try await database.write { db in
            var chain = EventChain(run: "newer")
            chain.add(sequence: 1, epoch: 1, time: 1_001, kind: "run.created", payload: Data(payload.utf8))
            try db.execute(
                sql: "UPDATE events SET payload = ?, hash = ? WHERE run = 'newer' AND sequence = 1",
                arguments: [Data(payload.utf8), Data(chain.head)]
            )
            let note = try EncodedEvent(Samples.note(2))
            chain.add(sequence: 2, epoch: 1, time: 2, kind: note.kind, payload: Data(note.payload))
            try db.execute(
                sql: "UPDATE events SET hash = ? WHERE run = 'newer' AND sequence = 2",
                arguments: [Data(chain.head)]
            )
            try db.execute(sql: "UPDATE runs SET head = ? WHERE run = 'newer'", arguments: [Data(chain.head)])
        }
        try database.close()
        let store = SQLiteStore(directory: directory.path)
        let found = try await store.verify("newer").runs
        #expect(found.map(\.flaw) == [nil] && found.map(\.newer) == [1])
        #expect(try await store.runs().map(\.run).contains("newer"))
        await expect(.wrongVersion) { _ = try await store.creation(of: "newer") }
        await expect(.wrongVersion) { try await store.open("newer") }
        await store.close()
    }

    @Test func whatIsKnownAndCannotBeReadIsDamaged() async throws {
        try await fill([Samples.created("newer")], then: [Self.event(2, "stall.detected", 1)])
        let store = SQLiteStore(directory: directory.path)
        let found = try await store.verify("newer").runs
        #expect(found.first?.flaw?.kind == .unreadable)
        await expect(.damaged) { try await store.events(of: "newer") }
        await store.close()
    }

    @Test func anEngineRefusesItWhateverTheJournal() async throws {
        let events = Samples.events([Samples.created("newer")]) + [Self.event(2)]
        let engine = try CrewEngine(models: Answering(), journal: MemoryJournal(restoring: events))
        let error = await #expect(throws: CrewError.self) { try await engine.resume("newer") }
        #expect((error?.cause as? JournalError)?.code == .wrongVersion, "\(error?.message ?? "")")
        // It is not held afterwards, and can be looked at.
        #expect(await #expect(throws: CrewError.self) { try await engine.resume("newer") }?.message == error?.message)
        #expect(try await engine.state(of: "newer").sequence == 2)
    }
}
