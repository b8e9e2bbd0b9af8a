import ChatModel
import CrewTesting
import Foundation
import GRDB
import Synchronization
import Testing

@testable import CrewCore
@testable import CrewSQLite
@testable import CrewStore

/// What is remembered of endpoints between runs: kept, shown, bounded and forgotten.
struct EndpointMemoryTests {
    private let directory: TemporaryFolder
    private let world = World()

    private final class World: Sendable {
        private let time = Mutex<Int64>(1_000_000_000_000)
        var now: Int64 { time.withLock { $0 } }
        func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
    }

    init() throws { directory = try TemporaryFolder() }

    private func file() -> CacheFile {
        CacheFile(directory: directory.path + "/.crew", now: { [world] in world.now }, warn: { _ in })
    }

    static func findings(
        _ feature: Dialect.Feature,
        _ evidence: DialectLearned.Evidence = .refused
    ) -> EndpointFindings {
        var dialect = Dialect.compatible
        _ = dialect.withdraw(feature)
        let lesson = DialectLearned(
            model: "default",
            dialect: dialect,
            withdrawn: feature,
            evidence: evidence,
            words: "no"
        )
        return EndpointFindings(lessons: [lesson])
    }

    @Test func refusalsAreRememberedForAWeekByAnotherProcess() async {
        let memory = EndpointMemory(file())
        #expect(await memory.dialect(.compatible, endpoint: "e", model: "m") == nil)
        await memory.remember(Self.findings(.seed), endpoint: "e", model: "m")
        let later = EndpointMemory(file())
        #expect(await later.dialect(.compatible, endpoint: "e", model: "m")?.seed == false)
        #expect(await later.dialect(.openAI, endpoint: "e", model: "m")?.outputLimitField == .maxCompletionTokens)
        #expect(await later.dialect(.compatible, endpoint: "f", model: "m") == nil)
        #expect(await later.dialect(.compatible, endpoint: "e", model: "n") == nil)
        world.pass(EndpointKnowledge.age)
        #expect(await later.dialect(.compatible, endpoint: "e", model: "m")?.seed == true)
        #expect(await later.entries().isEmpty)
    }

    @Test func aSuccessIsWrittenWhereItWasDoubtedAndNowhereElse() async throws {
        let memory = EndpointMemory(file())
        let success = EndpointFindings(keptForms: [.jsonSchema])
        await memory.remember(success, endpoint: "e", model: "m")
        #expect(!FileManager.default.fileExists(atPath: file().path), "that all is well makes no file")
        for _ in 0..<2 {
            await memory.remember(Self.findings(.structuredOutput, .ignored), endpoint: "e", model: "m")
        }
        #expect(await memory.entries().first?.lessons.first?.count == 2)
        // As another process does it: what is known is read when a run begins.
        let other = EndpointMemory(file())
        #expect(await other.dialect(.compatible, endpoint: "e", model: "m")?.structuredOutput == .jsonSchema)
        await other.remember(success, endpoint: "e", model: "m")
        #expect(await other.entries().isEmpty)
        for _ in 0..<3 {
            await memory.remember(Self.findings(.structuredOutput, .ignored), endpoint: "e", model: "m")
        }
        #expect(await memory.dialect(.compatible, endpoint: "e", model: "m")?.structuredOutput == .toolCall)
    }

    @Test func itIsShownAndForgottenByEndpoint() async {
        let memory = EndpointMemory(file())
        await memory.remember(Self.findings(.seed), endpoint: "https://you:secret@one/v1/", model: "b")
        await memory.remember(Self.findings(.stream), endpoint: "https://one/v1", model: "a")
        await memory.remember(Self.findings(.sampling), endpoint: "https://two/v1", model: "a")
        let entries = await memory.entries()
        #expect(entries.map(\.endpoint) == ["https://one/v1", "https://one/v1", "https://two/v1"])
        #expect(entries.map(\.model) == ["a", "b", "a"])
        #expect(entries.map { $0.lessons.map(\.feature) } == [[.stream], [.seed], [.sampling]])
        #expect(await memory.forget(endpoint: "https://three/v1") == 0)
        #expect(await memory.forget(endpoint: "https://one/v1/") == 2)
        #expect(await memory.dialect(.compatible, endpoint: "https://one/v1", model: "a") == nil)
        #expect(await memory.entries().count == 1)
        #expect(await memory.forget() == 1)
        #expect(await memory.entries().isEmpty)
    }

    @Test func thereAreNotMoreThanItHoldsAndTheOldestGo() async throws {
        let memory = EndpointMemory(file())
        for number in 0..<520 {
            world.pass(1)
            await memory.remember(Self.findings(.seed), endpoint: "e", model: "m\(number)")
        }
        #expect(await memory.entries().count == 500)
        #expect(await memory.dialect(.compatible, endpoint: "e", model: "m0") == nil)
        #expect(await memory.dialect(.compatible, endpoint: "e", model: "m519") != nil)
    }

    @Test(
        "A record that makes no sense counts as none",
        arguments: [
            "", "{", "[]", #"{"lessons":[{"feature":"seed"}]}"#,
            #"{"lessons":[{"feature":"x","evidence":"refused","words":"","learned":1,"count":1}]}"#,
            #"{"structuredOutput":"plain_text","schemaKeywords":"full","outputLimitField":"max_tokens"}"#,
            #"{"lessons":[{"feature":"seed","evidence":"refused","words":"","learned":9223372036854775807,"count":9223372036854775807}]}"#,
            #"{"lessons":[{"feature":"seed","evidence":"refused","words":"","learned":-9223372036854775808,"count":-1}]}"#,
        ]
    )
    func forgeries(record: String) async throws {
        let file = file()
        // Sealed by this account, as another version of this program may have left it.
        let written = await file.perform(mustExist: false) { db, now -> Bool in
            let parts = [Data("e".utf8), Data("m".utf8), now.bytes]
            try db.execute(
                sql: "INSERT INTO dialects (endpoint, model, dialect, stored) VALUES ('e', 'm', ?, ?)",
                arguments: [try file.sealed(Data(record.utf8), "crew.dialect.1", parts), now]
            )
            return true
        }
        #expect(written == true)
        await file.close()
        let later = EndpointMemory(self.file())
        let dialect = await later.dialect(.compatible, endpoint: "e", model: "m") ?? .compatible
        #expect(dialect == .compatible)
        #expect(await later.entries().isEmpty)
        await later.remember(Self.findings(.seed), endpoint: "e", model: "m")
        #expect(await later.dialect(.compatible, endpoint: "e", model: "m")?.seed == false)
    }
}
