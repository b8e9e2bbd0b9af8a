import ChatModel
import CrewRuntime
import CrewSQLite
import CrewStore
import CrewTesting
import Foundation
import Testing

@testable import CrewCore

@Suite(.timeLimit(.minutes(2)))
struct JournalTests {
    private let directory: TemporaryFolder
    private let store: SQLiteStore

    init() throws {
        directory = try TemporaryFolder()
        store = SQLiteStore(directory: directory.path + "/a/.crew")
    }

    @Test func everyKindOfFactComesBackAsItWas() async throws {
        let facts = Samples.facts("r1")
        #expect(Set(facts.map(\.kind)) == Set(Fact.Kind.allCases).subtracting([.unknown]))
        let events = Samples.events(facts)
        let lease = try await store.create("r1", Array(events.prefix(1)))
        #expect(lease == Lease(run: "r1", epoch: 1))
        try await store.append(Array(events[1..<9]), lease)
        try await store.append(Array(events[9...]), lease)
        #expect(try await store.events(of: "r1") == events)
        #expect(Fact.runCreated(try await store.creation(of: "r1")) == events.first?.fact)
        await expect(.unknownRun) { try await store.creation(of: "r2") }
        await store.close()
        #expect(try await SQLiteStore(directory: store.directory).events(of: "r1") == events)
    }

    @Test func theListOfRunsFollowsTheEvents() async throws {
        #expect(try await store.runs().isEmpty)
        let events = Samples.events(Samples.facts("r1"))
        let lease = try await store.create("r1", Array(events.prefix(3)))
        var summary = try #require(try await store.runs().first)
        #expect(summary.status == .running && summary.crew == "tides" && summary.folder == "crew.yaml")
        #expect(summary.started == 1_001 && summary.updated == 1_003 && summary.events == 3)
        try await store.append(Array(events[3...]), lease)
        summary = try #require(try await store.runs().first)
        #expect(summary.status == .finished)
        #expect(summary.cost == Money(picodollars: 1_000) && summary.uncertain == .zero)
        #expect(summary.calls == 1 && summary.tokens == 30 && summary.events == events.count)
        var later = Samples.events([Samples.created("r2")])
        later = [Event(sequence: 1, time: 9_999, fact: later[0].fact)]
        _ = try await store.create("r2", later)
        #expect(try await store.runs().map(\.run) == ["r2", "r1"])
        #expect(try await store.runs(limit: 1).map(\.run) == ["r2"])
    }

    @Test func runsAreFoundByTheBeginningOfTheirNames() async throws {
        for run in ["r-1", "r-12", "r-123", "s-1"] {
            _ = try await store.create(run, Samples.events([Samples.created(run)]))
        }
        #expect(try await store.run(matching: "r-1").run == "r-1")
        #expect(try await store.run(matching: "r-123").run == "r-123")
        #expect(try await store.run(matching: "s").run == "s-1")
        for wrong in ["r", "x", "", "%", "r_"] { await expect(.unknownRun) { try await store.run(matching: wrong) } }
    }

    @Test func aRunIsCreatedOnce() async throws {
        let events = Samples.events([Samples.created("r1")])
        let lease = try await store.create("r1", events)
        await expect(.runExists) { try await store.create("r1", events) }
        await store.release(lease)
        await expect(.runExists) { try await store.create("r1", events) }
        for wrong in ["", "../r", "a/b", ".", "ä", String(repeating: "x", count: 129)] {
            await expect(.storage) { try await store.create(wrong, events) }
            await expect(.unknownRun) { try await store.open(wrong) }
        }
    }

    @Test func onlyWhatFollowsOnIsAppended() async throws {
        let lease = try await store.create("r1", Samples.events([Samples.created("r1")]))
        try await store.append([Samples.note(2)], lease)
        let wrong: [[Int]] = [[1], [2], [4], [3, 5], [3, 3], [0]]
        for numbers in wrong { await expect(.fenced) { try await store.append(numbers.map(Samples.note), lease) } }
        for epoch in [0, 2] {
            await expect(.fenced) { try await store.append([Samples.note(3)], Lease(run: "r1", epoch: epoch)) }
        }
        await expect(.unknownRun) { try await store.append([Samples.note(3)], Lease(run: "r2", epoch: 1)) }
        try await store.append([Samples.note(3), Samples.note(4)], lease)
        #expect(try await store.events(of: "r1").map(\.sequence) == [1, 2, 3, 4])
    }

    @Test func aRunIsOpenOnceAtATime() async throws {
        let first = try await store.create("r1", Samples.events([Samples.created("r1")]))
        let other = SQLiteStore(directory: store.directory)
        await expect(.held) { try await store.open("r1") }
        await expect(.held) { try await other.open("r1") }
        await store.release(first)
        let second = try await other.open("r1")
        #expect(second.lease.epoch == 2 && second.events.count == 1)
        // A lease that was given back opens nothing and closes nothing.
        await store.release(first)
        await other.release(first)
        await expect(.held) { try await store.open("r1") }
        await expect(.fenced) { try await store.append([Samples.note(2)], first) }
        try await other.append([Samples.note(2)], second.lease)
        await other.release(second.lease)
        #expect(try await store.open("r1").lease.epoch == 3)
    }

    @Test func whatIsNotThereIsUnknown() async throws {
        await expect(.unknownRun) { try await store.open("r1") }
        await expect(.unknownRun) { try await store.events(of: "r1") }
        #expect(!FileManager.default.fileExists(atPath: store.directory))
        _ = try await store.create("r1", Samples.events([Samples.created("r1")]))
        await expect(.unknownRun) { try await store.open("r2") }
        await expect(.unknownRun) { try await store.events(of: "r2") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.directory + "/locks") == ["r1.lock"])
    }

    @Test func onlyTheOwnerMayLookIn() async throws {
        _ = try await store.create("r1", Samples.events([Samples.created("r1")]))
        let files = FileManager.default
        func mode(_ path: String) throws -> Int? {
            try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode(store.directory) == 0o700)
        for file in ["/crew.sqlite", "/crew.sqlite-wal", "/crew.sqlite-shm", "/locks/r1.lock"] {
            #expect(try mode(store.directory + file) == 0o600, "\(file)")
        }
    }

    @Test("Appends of many runs share commits, and each keeps its order")
    func groupCommit() async throws {
        let commits = Counter()
        let store = SQLiteStore(directory: directory.path + "/group") { commits.add($0) }
        let runs = (0..<200).map { "r\($0)" }
        try await withThrowingTaskGroup { group in
            for run in runs {
                group.addTask {
                    let lease = try await store.create(run, Samples.events([Samples.created(run)]))
                    for sequence in 2...21 { try await store.append([Samples.note(sequence)], lease) }
                    // One that is refused among the others harms none of them.
                    do throws(JournalError) {
                        try await store.append([Samples.note(21)], lease)
                        Issue.record("a duplicate was appended")
                    } catch {
                        #expect(error.code == .fenced)
                    }
                }
            }
            try await group.waitForAll()
        }
        for run in runs { #expect(try await store.events(of: run).map(\.sequence) == Array(1...21)) }
        #expect(commits.entries == 200 * 21)
        #expect(commits.count < commits.entries / 4)
    }

    @Test("After a failed flush nothing more is written")
    func poisoned() async throws {
        let commits = Counter()
        let directory = directory.path + "/poisoned"
        let store = SQLiteStore(directory: directory) { entries in
            commits.add(entries)
            if commits.count == 3 { throw StoreFault.flush }
        }
        let lease = try await store.create("r1", Samples.events([Samples.created("r1")]))
        try await store.append([Samples.note(2)], lease)
        for _ in 0..<3 { await expect(.storage) { try await store.append([Samples.note(3)], lease) } }
        #expect(commits.count == 3)
        await store.close()
        let (again, events) = try await SQLiteStore(directory: directory).open("r1")
        #expect(events.count == 2 && again.epoch == 2)
    }
}
