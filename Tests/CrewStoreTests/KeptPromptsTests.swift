import ChatModel
import CrewTesting
import CrewTools
import Foundation
import GRDB
import Synchronization
import Testing

@testable import CrewCore
@testable import CrewRuntime
@testable import CrewSQLite
@testable import CrewStore

/// A run goes on with the prompts that it was begun with, which are part of its journal.
@Suite(.timeLimit(.minutes(2)))
struct KeptPromptsTests {
    private let directory: TemporaryFolder
    private let first: PromptBook
    private let second: PromptBook

    init() throws {
        directory = try TemporaryFolder()
        first = try PromptBook(replacing: ["agent.md": "FIRST {{role}}"])
        second = try PromptBook(replacing: ["agent.md": "SECOND {{role}}"])
    }

    /// Three agents, one after the other.
    private static let crew = Crew(
        name: "three",
        goal: "Go on.",
        models: [ModelDefinition(model: "m", price: Price(input: 1, output: 2))],
        agents: ["a", "b", "c"].map { Agent($0, role: "agent-\($0)", goal: "g") },
        tasks: ["a", "b", "c"].map { CrewTask($0, summary: "s", agent: $0) }
    )

    private func engine(_ journal: any Journal, _ prompts: PromptBook?, _ model: Hearing = Hearing()) throws
        -> CrewEngine
    {
        try CrewEngine(models: model, journal: journal, prompts: prompts)
    }

    /// Begins a run with the first prompts: one agent is done, the next has begun and has not been asked.
    private func begin(_ journal: any Journal) async throws -> String {
        let result = try await engine(journal, first).run(Self.crew, limits: Limits(calls: 1))
        #expect(result.status == .limited)
        return result.run
    }

    private func sql(_ sql: String) throws -> [Row] {
        let database = try DatabaseQueue(path: directory.path + "/crew.sqlite")
        defer { try? database.close() }
        return try database.writeWithoutTransaction { try Row.fetchAll($0, sql: sql) }
    }

    @Test("A resume goes on with them, whatever prompts the program has by then", arguments: [false, true])
    func resume(inMemory: Bool) async throws {
        let journal: any Journal = inMemory ? MemoryJournal() : SQLiteStore(directory: directory.path)
        let run = try await begin(journal)
        let model = Hearing()
        // Another process, later.
        let later: any Journal = inMemory ? journal : SQLiteStore(directory: directory.path)
        if let store = journal as? SQLiteStore { await store.close() }
        let result = try await engine(later, second, model).resume(run, ResumeOptions(limits: Limits(calls: 9)))
        #expect(result.status == .finished)
        #expect(model.heard == ["FIRST agent-b", "FIRST agent-c"])
        #expect(try await later.events(of: run).compactMap(\.fact.prompts) == [first.version])
        if let store = later as? SQLiteStore { await store.close() }
    }

    @Test("Others are an event, and hold for what begins after it", arguments: [false, true])
    func others(inMemory: Bool) async throws {
        let journal: any Journal = inMemory ? MemoryJournal() : SQLiteStore(directory: directory.path)
        let run = try await begin(journal)
        let model = Hearing()
        var options = ResumeOptions(limits: Limits(calls: 2), prompts: second)
        #expect(try await engine(journal, nil, model).resume(run, options).status == .limited)
        // The exchange that had begun goes on as it was.
        #expect(model.heard == ["FIRST agent-b"])
        options = ResumeOptions(limits: Limits(calls: 9))
        if let store = journal as? SQLiteStore { await store.close() }
        let later: any Journal = inMemory ? journal : SQLiteStore(directory: directory.path)
        let events = try await later.events(of: run)
        #expect(events.compactMap(\.fact.prompts) == [first.version, second.version])
        let library = try await later.library(of: events, own: try PromptBook.builtIn())
        let state = try #require(RunState(folding: events, library: library))
        #expect(state.promptVersion == second.version && state.refolded(events).promptVersion == second.version)
        // Without saying so again, and without an event where they are the ones that the run has.
        options.prompts = second
        #expect(try await engine(later, first, model).resume(run, options).status == .finished)
        #expect(model.heard == ["FIRST agent-b", "SECOND agent-c"])
        #expect(try await later.events(of: run).compactMap(\.fact.prompts).count == 2)
        if let store = later as? SQLiteStore {
            let verification = try await store.verify()
            #expect(verification.isSound, "\(verification)")
            await store.close()
        }
    }

    @Test func theyAreWrittenOnceAStore() async throws {
        for _ in 0..<2 {
            let store = SQLiteStore(directory: directory.path)
            for _ in 0..<2 { _ = try await engine(store, first).run(Self.crew) }
            _ = try await engine(store, second).run(Self.crew)
            await store.close()
        }
        let rows = try sql("SELECT hash, content FROM prompts")
        #expect(Set(rows.map { $0.text(0) }) == [first.version, second.version])
        for row in rows { #expect(PromptBook.version(of: row.blob(1) ?? Data()) == row.text(0)) }
    }

    @Test func withoutThemNothingIsRecorded() async throws {
        let store = SQLiteStore(directory: directory.path)
        var created = Self.created(first.version)
        await expect(.storage) { try await store.create("r", [created]) }
        #expect(try await store.runs().isEmpty)
        store.keep(first)
        let lease = try await store.create("r", [created])
        created = Event(
            sequence: 2,
            time: 2,
            fact: .runResumed(RunResumed(epoch: 1, prompts: second.version))
        )
        await expect(.storage) { try await store.append([created], lease) }
        store.keep(second)
        try await store.append([created], lease)
        let verification = try await store.verify()
        #expect(verification.isSound, "\(verification)")
        await store.close()
    }

    private static func created(_ prompts: String) -> Event {
        let created = RunCreated(run: "r", crew: crew, inputs: [:], limits: Limits(), prompts: prompts, folder: ".")
        return Event(sequence: 1, time: 1, fact: .runCreated(created))
    }

    @Test(
        "What was done to them is seen, and nobody goes on with it",
        arguments: [
            ("DELETE FROM prompts", "taken out"),
            (
                "UPDATE prompts SET content = CAST(replace(CAST(content AS TEXT), 'FIRST', 'OTHER') AS BLOB)",
                "not what was written"
            ),
            ("UPDATE prompts SET hash = 'x'", "taken out"),
            ("UPDATE prompts SET content = 7", "not what was written"),
        ]
    )
    func damage(statement: String, what: String) async throws {
        var store = SQLiteStore(directory: directory.path)
        let run = try await begin(store)
        await store.close()
        _ = try sql(statement)
        store = SQLiteStore(directory: directory.path)
        for only in [nil, run] {
            let verification = try await store.verify(only)
            #expect(!verification.isSound && verification.prompts.contains { $0.contains(what) }, "\(verification)")
        }
        let model = Hearing()
        let error = await #expect(throws: CrewError.self) {
            try await engine(store, second, model).resume(run, ResumeOptions(limits: Limits(calls: 9)))
        }
        #expect((error?.cause as? JournalError)?.code == .damaged)
        #expect(model.heard.isEmpty)
        await store.close()
    }

    @Test func promptsThatThisVersionCannotUseAreRefusedByName() async throws {
        let store = SQLiteStore(directory: directory.path)
        _ = try await begin(store)
        await store.close()
        // As a newer crew would have kept them, with a name that only it gives a value to.
        let content = #"{"agent.md":"Now {{season}}","another.md":"x"}"#
        let version = PromptBook.version(of: Array(content.utf8))
        _ = try sql("INSERT INTO prompts (hash, content) VALUES ('\(version)', CAST('\(content)' AS BLOB))")
        let later = SQLiteStore(directory: directory.path)
        let error = await #expect(throws: JournalError.self) { try await later.prompts(version) }
        #expect(error?.code == .wrongVersion && error?.message.contains("agent.md: unknown name \"season\"") == true)
        // One that knows fewer templates, or more, can be used.
        let fewer = Array(#"{"agent.md":"Now {{role}}","another.md":"{{x}}"}"#.utf8)
        let book = try PromptBook(recorded: fewer, version: PromptBook.version(of: fewer))
        #expect(book.render(.agent, ["role": .text("x")]) == "Now x")
        #expect(book.render(.aggregate) == (try PromptBook.builtIn()).render(.aggregate))
        await later.close()
    }

    @Test func aJournalThatKeepsNoneGoesOnWithThoseThatThereAre() async throws {
        let journal = Forgetful()
        let run = try await begin(journal)
        let model = Hearing()
        let result = try await engine(journal, second, model).resume(run, ResumeOptions(limits: Limits(calls: 9)))
        #expect(result.status == .finished && model.heard.last == "SECOND agent-c")
    }
}

/// Answers everything, and remembers what it was told first.
private final class Hearing: ModelProvider, ChatModel {
    private let said = Mutex<[String]>([])
    var heard: [String] { said.withLock { $0 } }

    func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel { self }

    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        said.withLock { $0.append(request.conversation.messages.first?.text ?? "") }
        return ChatResponse(text: "It is done.", usage: TokenUsage(input: 100, output: 20))
    }
}

/// A journal as others may have written it, before prompts were kept.
private struct Forgetful: Journal {
    private let base = MemoryJournal()

    func create(_ run: String, _ events: [Event]) async throws(JournalError) -> Lease {
        try await base.create(run, events)
    }
    func open(_ run: String) async throws(JournalError) -> (lease: Lease, events: [Event]) { try await base.open(run) }
    func append(_ events: [Event], _ lease: Lease) async throws(JournalError) { try await base.append(events, lease) }
    func release(_ lease: Lease) async { await base.release(lease) }
    func events(of run: String) async throws(JournalError) -> [Event] { try await base.events(of: run) }
}
