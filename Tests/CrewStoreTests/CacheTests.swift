import ChatModel
import CrewSQLite
import CrewStore
import CrewTesting
import Foundation
import GRDB
import ModelTraffic
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2)))
struct CacheTests {
    private final class World: Sendable {
        private let state = Mutex((now: Int64(1_000_000), warnings: [String]()))

        var now: Int64 {
            get { state.withLock { $0.now } }
            set { state.withLock { $0.now = newValue } }
        }
        var warnings: [String] { state.withLock { $0.warnings } }

        func warn(_ text: String) { state.withLock { $0.warnings.append(text) } }
    }

    private let directory: TemporaryFolder
    private let world = World()

    init() throws { directory = try TemporaryFolder() }

    private func file(bytes: Int64 = 1 << 20) -> CacheFile {
        CacheFile(
            directory: directory.path + "/.crew",
            timeToLive: 3_600,
            maximumBytes: bytes,
            now: { [world] in world.now },
            warn: { [world] in world.warn($0) }
        )
    }

    private func key(_ number: Int) -> [UInt8] { [UInt8](repeating: UInt8(number), count: 32) }

    @Test func answersOutliveTheProcess() async throws {
        let first = file()
        let cache = SQLiteResponseCache(first)
        #expect(await cache.lookUp(key(1)) == nil)
        // Looking for something makes no file.
        #expect(!FileManager.default.fileExists(atPath: first.path))
        await cache.store([1, 2], for: key(1), model: "m", endpoint: "e")
        await cache.store([3], for: key(1), model: "m", endpoint: "e")
        await first.close()
        #expect(await SQLiteResponseCache(file()).lookUp(key(1)) == [3])
        #expect(await SQLiteResponseCache(file()).lookUp(key(2)) == nil)
        let mode = try FileManager.default.attributesOfItem(atPath: first.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(await SQLiteResponseCache(file()).removeAll() == 1)
        #expect(await SQLiteResponseCache(file()).lookUp(key(1)) == nil)
        #expect(world.warnings.isEmpty)
    }

    @Test func answersGrowOld() async {
        let cache = SQLiteResponseCache(file())
        await cache.store([1], for: key(1), model: "m", endpoint: "e")
        world.now += 3_599_999
        #expect(await cache.lookUp(key(1)) == [1])
        world.now += 1
        #expect(await cache.lookUp(key(1)) == nil)
    }

    @Test func whatWasNotUsedForLongestGoesFirst() async {
        let cache = SQLiteResponseCache(file(bytes: 40_000))
        let answer = [UInt8](repeating: 7, count: 1_000)
        for number in 0..<30 {
            await cache.store(answer, for: key(number), model: "m", endpoint: "e")
            world.now += 1_000
        }
        world.now += 61_000
        #expect(await cache.lookUp(key(0)) != nil)
        for number in 30..<40 {
            await cache.store(answer, for: key(number), model: "m", endpoint: "e")
            world.now += 1_000
        }
        #expect(await cache.lookUp(key(0)) != nil)
        #expect(await cache.lookUp(key(1)) == nil)
        #expect(await cache.lookUp(key(39)) != nil)
        var kept = 0
        for number in 0..<40 where await cache.lookUp(key(number)) != nil { kept += 1 }
        #expect(kept * 1_256 <= 40_000 && kept > 20)
        await cache.store([UInt8](repeating: 7, count: 20_001), for: key(50), model: "m", endpoint: "e")
        #expect(await cache.lookUp(key(50)) == nil)
    }

    @Test(
        "A file that is no cache is moved away, with a warning",
        arguments: ["garbage", "SQLite format 3\u{0}xxxxxxx"]
    )
    func garbage(contents: String) async throws {
        let file = file()
        try FileManager.default.createDirectory(
            atPath: directory.path + "/.crew",
            withIntermediateDirectories: true
        )
        try Data((contents + String(repeating: "x", count: 5_000)).utf8).write(to: URL(fileURLWithPath: file.path))
        let cache = SQLiteResponseCache(file)
        #expect(await cache.lookUp(key(1)) == nil)
        #expect(world.warnings.count == 1)
        await cache.store([1], for: key(1), model: "m", endpoint: "e")
        #expect(await cache.lookUp(key(1)) == [1])
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/.crew")
        #expect(names.contains { $0.hasPrefix("cache.sqlite.damaged-") })
    }

    @Test(
        "What somebody else has put there is a miss, and is told",
        arguments: [
            "UPDATE responses SET response = zeroblob(40)", "UPDATE responses SET response = x'7b7d'",
            "UPDATE responses SET response = 'text'", "UPDATE responses SET stored = stored + 1",
            "UPDATE responses SET key = zeroblob(32)", "UPDATE responses SET used = 'soon'",
            "CREATE VIEW more AS SELECT 1", "CREATE TRIGGER more AFTER UPDATE ON responses BEGIN SELECT 1; END",
        ]
    )
    func forged(change: String) async throws {
        let filled = file()
        await SQLiteResponseCache(filled).store([1, 2], for: key(0), model: "m", endpoint: "e")
        await SQLiteResponseCache(filled).store([3], for: key(1), model: "m", endpoint: "e")
        await filled.close()
        let database = try DatabaseQueue(path: filled.path)
        let isOther = change.contains("key")
        try await database.writeWithoutTransaction {
            if isOther { try $0.execute(sql: "DELETE FROM responses WHERE key = ?", arguments: [Data(self.key(0))]) }
            try $0.execute(sql: change)
        }
        try database.close()
        #expect(await SQLiteResponseCache(file()).lookUp(key(isOther ? 0 : 1)) == nil)
        #expect(world.warnings.count == 1, "\(world.warnings)")
        let memory = EndpointMemory(file())
        await memory.remember(EndpointMemoryTests.findings(.seed), endpoint: "e", model: "m")
        #expect(await memory.dialect(.compatible, endpoint: "e", model: "m")?.seed == false)
    }

    @Test func whatIsRememberedOfAnEndpointIsSealed() async throws {
        let filled = file()
        await EndpointMemory(filled).remember(EndpointMemoryTests.findings(.seed), endpoint: "e", model: "m")
        await filled.close()
        let database = try DatabaseQueue(path: filled.path)
        try await database.writeWithoutTransaction { try $0.execute(sql: "UPDATE dialects SET endpoint = 'f'") }
        try database.close()
        #expect(await EndpointMemory(file()).dialect(.compatible, endpoint: "f", model: "m") == nil)
        #expect(world.warnings.count == 1)
    }

    @Test func anUnsealedCacheOfAnEarlierVersionIsForgotten() async throws {
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/v2/sequential/cache.sqlite")
        try FileManager.default.createDirectory(atPath: directory.path + "/.crew", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: golden.path, toPath: directory.path + "/.crew/cache.sqlite")
        let cache = SQLiteResponseCache(file())
        await cache.store([1], for: key(1), model: "m", endpoint: "e")
        #expect(await cache.lookUp(key(1)) == [1])
        #expect(await cache.removeAll() == 1)
        #expect(world.warnings.isEmpty, "\(world.warnings)")
    }

    @Test func aLinkInItsPlaceIsLeftAlone() async throws {
        let victim = directory.path + "/victim"
        try Data("mine".utf8).write(to: URL(fileURLWithPath: victim))
        try FileManager.default.createDirectory(atPath: directory.path + "/.crew", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: directory.path + "/.crew/cache.sqlite",
            withDestinationPath: victim
        )
        let cache = SQLiteResponseCache(file())
        await cache.store([1], for: key(1), model: "m", endpoint: "e")
        #expect(await cache.lookUp(key(1)) == nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: victim)) == Data("mine".utf8))
        #expect(world.warnings.count == 1)
    }

    @Test func aPlaceThatCannotBeWrittenIsAMiss() async throws {
        try Data().write(to: URL(fileURLWithPath: directory.path + "/.crew"))
        let cache = SQLiteResponseCache(file())
        await cache.store([1], for: key(1), model: "m", endpoint: "e")
        await cache.store([1], for: key(1), model: "m", endpoint: "e")
        #expect(await cache.lookUp(key(1)) == nil)
        #expect(world.warnings.count == 1)
    }

    @Test("Flipped bits are misses and never wrong answers")
    func flippedBits() async throws {
        let filled = file()
        for number in 0..<20 {
            await SQLiteResponseCache(filled).store(
                [UInt8](repeating: UInt8(number), count: 500),
                for: key(number),
                model: "m",
                endpoint: "e"
            )
        }
        await filled.close()
        let good = try Data(contentsOf: URL(fileURLWithPath: filled.path))
        var generator = SeededGenerator(seed: 20_261_125)
        for _ in 0..<300 {
            var bad = good
            let bit = generator.number(0...(bad.count * 8 - 1))
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            try bad.write(to: URL(fileURLWithPath: filled.path))
            let damaged = file()
            let cache = SQLiteResponseCache(damaged)
            for number in 0..<20 {
                let found = await cache.lookUp(key(number))
                #expect(found == nil || found == [UInt8](repeating: UInt8(number), count: 500), "bit \(bit)")
            }
            await cache.store([1], for: key(30), model: "m", endpoint: "e")
            await damaged.close()
            for name in try FileManager.default.contentsOfDirectory(atPath: directory.path + "/.crew") {
                try FileManager.default.removeItem(atPath: directory.path + "/.crew/" + name)
            }
        }
    }
}
