import ChatModel
import CrewRuntime
import CrewSQLite
import CrewStore
import CrewTesting
import Evidence
import Foundation
import GRDB
import Testing

@testable import CrewCore

/// The register: what `crew verify` sees of a run or a limit that was taken out as a whole.
@Suite(.timeLimit(.minutes(2)))
struct RegisterTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func fill() async throws {
        let store = SQLiteStore(directory: directory.path)
        for run in ["r1", "r2", "r3"] {
            _ = try await store.create(run, Samples.events(Samples.facts(run)))
        }
        try await store.limit(.project, to: Limits(calls: 100))
        try await store.limit(.crew("tides"), to: Limits(tokens: 1_000_000))
        try await store.limit(.project, to: Limits(money: Money(picodollars: 5_000)))
        await store.close()
    }

    private func sql(_ sql: String) throws {
        let database = try DatabaseQueue(path: directory.path + "/crew.sqlite")
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }

    private func verify() async throws -> StoreVerification {
        let store = SQLiteStore(directory: directory.path)
        let verification = try await store.verify()
        await store.close()
        return verification
    }

    @Test func whatWasDoneIsEnteredInOrder() async throws {
        try await fill()
        let first = try await verify()
        #expect(first.isSound && first.entries == 6 && first.head.count == 64, "\(first)")
        #expect(try await verify() == first)
        let store = SQLiteStore(directory: directory.path)
        try await store.removeLimits(of: .project)
        try await store.removeLimits(of: .project)
        await store.close()
        let second = try await verify()
        #expect(second.isSound && second.entries == 7 && second.head != first.head)
        // What a run goes on to do changes the head of the store, too.
        let again = SQLiteStore(directory: directory.path)
        let lease = try await again.create("r4", Samples.events([Samples.created("r4")]))
        try await again.append([Samples.note(2)], lease)
        await again.close()
        let third = try await verify()
        #expect(third.isSound && third.head != second.head)
    }

    @Test(
        "What was taken out, put in or changed as a whole is named",
        arguments: [
            ("DELETE FROM runs WHERE run = 'r2'; DELETE FROM events WHERE run = 'r2'", "r2 was taken out"),
            (
                """
                UPDATE runs SET run = 'r5' WHERE run = 'r2'; UPDATE events SET run = 'r5' WHERE run = 'r2'
                """, "r5 was never created"
            ),
            ("UPDATE events SET hash = zeroblob(32) WHERE run = 'r3' AND sequence = 1", "r3 does not begin"),
            ("DELETE FROM accounts WHERE account = 'crew/tides'", "crew/tides were taken out"),
            ("UPDATE accounts SET limit_money = 9000 WHERE account = 'project'", "project are not those"),
            ("UPDATE accounts SET limit_calls = NULL WHERE account = 'project'", "project are not those"),
            ("DELETE FROM register WHERE number = 6", "does not end"),
            ("DELETE FROM register WHERE number = 2", "entry 2"),
            ("UPDATE register SET name = 'r9' WHERE number = 3", "entry 3"),
            ("UPDATE register SET content = x'00' WHERE number = 6", "entry 6"),
            ("UPDATE meta SET entries = 5", "does not end"),
            ("UPDATE meta SET head = zeroblob(32)", "does not end"),
            ("DELETE FROM meta", "does not end"),
        ]
    )
    func taken(change: String, words: String) async throws {
        try await fill()
        try sql(change)
        let verification = try await verify()
        #expect(!verification.isSound)
        #expect(verification.register.contains { $0.contains(words) }, "\(verification.register)")
        try Evidence.record(.neverGuessedAround, "a run or a limit that was taken out, put in or changed as a whole")
    }

    @Test func aRegisterThatWasCutOffIsNotWrittenOn() async throws {
        try await fill()
        try sql("UPDATE meta SET entries = 4, head = (SELECT hash FROM register WHERE number = 4)")
        let store = SQLiteStore(directory: directory.path)
        await expect(.damaged) { try await store.create("r9", Samples.events([Samples.created("r9")])) }
        await store.close()
    }

    @Test("Many processes that create runs and set limits leave one register")
    func processes() async throws {
        let others = try (0..<6).map { try Probe(["crowd", directory.path, "p\($0)", "10"]) }
        for other in others { #expect(other.rest() == "created 10\n") }
        let verification = try await verify()
        #expect(verification.isSound && verification.entries == 6 * 20 && verification.runs.count == 60)
    }
}
