import ChatModel
import CrewRuntime
import CrewTesting
import Evidence
import Foundation
import GRDB
import Testing

@testable import CrewCore
@testable import CrewSQLite
@testable import CrewStore

/// Whose a store is, and what may stand in its place.
@Suite(.timeLimit(.minutes(2)))
struct OwnershipTests {
    private let directory: TemporaryFolder
    private var store: String { directory.path + "/.crew" }
    private var victim: String { directory.path + "/victim" }

    init() throws { directory = try TemporaryFolder() }

    private func create(_ run: String, mustBeOwn: Bool = true) async throws {
        let store = SQLiteStore(directory: store, mustBeOwn: mustBeOwn)
        do {
            _ = try await store.create(run, Samples.events([Samples.created(run)]))
            await store.close()
        } catch {
            await store.close()
            throw error
        }
    }

    private func sql(_ sql: String) throws {
        let database = try DatabaseQueue(path: store + "/crew.sqlite")
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }

    /// Everything that can be asked of a store fails with this code, and changes nothing.
    private func expectRefused(_ code: JournalError.Code, mustBeOwn: Bool = true) async throws {
        let before = try contents()
        let store = SQLiteStore(directory: store, mustBeOwn: mustBeOwn)
        await expect(code) { try await store.runs() }
        await expect(code) { try await store.events(of: "r1") }
        await expect(code) { try await store.open("r1") }
        await expect(code) { try await store.create("r9", Samples.events([Samples.created("r9")])) }
        await expect(code) { try await store.accounts() }
        await expect(code) { try await store.limit(.project, to: Limits(calls: 1)) }
        await expect(code) { try await store.verify() }
        await store.close()
        #expect(try contents() == before)
    }

    private func contents() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in FileManager.default.enumerator(atPath: directory.path)?.compactMap({ $0 as? String }) ?? [] {
            let path = directory.path + "/" + name
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let isFile = attributes[.type] as? FileAttributeType == .typeRegular
            // The index of the log is SQLite's own scratch.
            guard !name.hasSuffix("-shm"), !name.hasSuffix("-wal") else { continue }
            contents[name] = isFile ? try Data(contentsOf: URL(fileURLWithPath: path)) : Data()
            contents[name]?.append(contentsOf: "\(attributes[.posixPermissions] ?? 0)".utf8)
        }
        return contents
    }

    // MARK: - The seal

    @Test func whatThisAccountMadeIsItsOwn() async throws {
        try await create("r1")
        #expect(try await SQLiteStore(directory: store, mustBeOwn: true).runs().map(\.run) == ["r1"])
        #expect(try SQLiteStore.survey(store).isOwn)
    }

    @Test func aStoreOfTheLayoutBeforeStaysItsOwn() async throws {
        try await create("r1")
        // SQLite lets nobody drop the table in which it counts.
        let older = """
            DROP TABLE prompts; DROP TABLE signals; PRAGMA writable_schema = ON;
            DELETE FROM sqlite_master WHERE name = 'sqlite_sequence';
            PRAGMA writable_schema = RESET; PRAGMA user_version = 3
            """
        try sql(older)
        #expect(try SQLiteStore.survey(store).isOwn && SQLiteStore.survey(store).version == 3)
        #expect(try await SQLiteStore(directory: store, mustBeOwn: true).runs().map(\.run) == ["r1"])
        #expect(try SQLiteStore.survey(store).isOwn && SQLiteStore.survey(store).version == 5)
        // Another's is not even brought up to the present one.
        try sql(older + "; UPDATE meta SET seal = randomblob(32)")
        try await expectRefused(.untrusted)
        #expect(try SQLiteStore.survey(store).version == 3)
    }

    @Test("A store that was moved, copied or made with another key is not the person's own, until it is trusted")
    func others() async throws {
        try await create("r1")
        let made = store + "-made-elsewhere"
        try FileManager.default.moveItem(atPath: store, toPath: made)
        try FileManager.default.copyItem(atPath: made, toPath: store)
        // The same identity at the same path is not enough: what lies there now may be anything.
        #expect(try !SQLiteStore.survey(store).isOwn)
        #expect(try !SQLiteStore.survey(made).isOwn)
        try FileManager.default.removeItem(atPath: store)
        try FileManager.default.moveItem(atPath: made, toPath: store)
        #expect(try SQLiteStore.survey(store).isOwn)
        try FileManager.default.copyItem(atPath: store, toPath: made)
        for forged in ["randomblob(32)", "NULL", "zeroblob(32)", "'text'", "7"] {
            try sql("UPDATE meta SET seal = \(forged)")
            try await expectRefused(.untrusted)
        }
        try sql("DELETE FROM meta")
        try await expectRefused(.untrusted)
        await expect(.damaged) { try SQLiteStore.trust(store) }
        try FileManager.default.removeItem(atPath: store)
        try FileManager.default.copyItem(atPath: made, toPath: store)
        try SQLiteStore.trust(store)
        #expect(try SQLiteStore.survey(store).isOwn)
        try sql("UPDATE meta SET identity = randomblob(16)")
        try await expectRefused(.untrusted)
        // A program that names a store opens it all the same.
        #expect(try await SQLiteStore(directory: store).runs().count == 1)
        let survey = try SQLiteStore.survey(store)
        #expect(!survey.isOwn && survey.runs == 1 && survey.events == 1 && survey.accounts == 0 && survey.version == 5)
        try SQLiteStore.trust(store)
        #expect(try await SQLiteStore(directory: store, mustBeOwn: true).runs().count == 1)
    }

    @Test("A store that was sealed when only its folder was is still its owner's")
    func earlierSeal() async throws {
        try await create("r1")
        let place = try #require(realpath(store, nil))
        defer { free(place) }
        let identity = Data((0..<16).map { $0 })
        let seal = try StateFolder().key().seal("crew.store.1", [identity, Data(String(cString: place).utf8)])
        try sql("UPDATE meta SET identity = x'\(Array(identity).hexadecimal)', seal = x'\(Array(seal).hexadecimal)'")
        #expect(try await SQLiteStore(directory: store, mustBeOwn: true).runs().map(\.run) == ["r1"])
    }

    @Test(
        "A rollback journal that names another file is refused: SQLite would delete what it names",
        arguments: [
            "crew.sqlite-journal", "cache.sqlite-journal",
        ]
    )
    func journalOfSeveral(name: String) async throws {
        try await create("r1")
        try Data("precious".utf8).write(to: URL(fileURLWithPath: victim))
        let mark: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
        func number(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        // A header for no pages at all, and the name at the end, as SQLite writes it for several databases.
        var journal = mark + number(0) + number(1) + number(1) + number(512) + number(4_096)
        journal += [UInt8](repeating: 0, count: 512 - journal.count)
        let target = Array(victim.utf8)
        let sum = target.reduce(UInt32(0)) { $0 &+ UInt32(bitPattern: Int32(Int8(bitPattern: $1))) }
        journal += number(0x4000_0000 / 4_096 + 1) + target + number(UInt32(target.count)) + number(sum) + mark
        try Data(journal).write(to: URL(fileURLWithPath: store + "/" + name))
        chmod(store + "/" + name, 0o600)
        for mustBeOwn in [true, false] { try await expectRefused(.untrusted, mustBeOwn: mustBeOwn) }
        let cache = CacheFile(directory: store) { _ in }
        #expect(await EndpointMemory(cache).entries().isEmpty)
        await cache.close()
        #expect(FileManager.default.fileExists(atPath: victim))
        // One of our own, left by a crash, names none and is taken in.
        try Data(journal[..<512]).write(to: URL(fileURLWithPath: store + "/" + name))
        #expect(try await SQLiteStore(directory: store, mustBeOwn: true).runs().count == 1)
    }

    @Test func theKeyIsMadeOnceAndIsThePersonsAlone() async throws {
        let folder = StateFolder(path: directory.path + "/state/crew")
        #expect(try folder.existingKey() == nil)
        let keys = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<8 { group.addTask { try? folder.key().pseudonym(of: "x") } }
            var keys: [String?] = []
            for await key in group { keys.append(key) }
            return keys
        }
        #expect(Set(keys).count == 1 && keys[0]?.count == 64)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["key"])
        for (path, mode) in [(folder.path, 0o700), (folder.path + "/key", 0o600)] {
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode)
        }
        chmod(folder.path + "/key", 0o640)
        #expect(throws: JournalError.self) { try folder.key() }
        chmod(folder.path + "/key", 0o600)
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: folder.path + "/key"))
        #expect(throws: JournalError.self) { try folder.key() }
        try FileManager.default.removeItem(atPath: folder.path + "/key")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/key", withDestinationPath: victim)
        #expect(throws: JournalError.self) { try folder.key() }
        #expect(!FileManager.default.fileExists(atPath: victim))
        chmod(folder.path, 0o770)
        #expect(throws: JournalError.self) { try folder.existingKey() }
    }

    // MARK: - What stands in its place

    @Test(
        "A link in a store's place is refused, and what it points to is left alone",
        arguments: [
            "crew.sqlite", "crew.sqlite-wal", "crew.sqlite-shm", "crew.sqlite-journal", "cache.sqlite",
            "cache.sqlite-wal",
            "locks",
        ]
    )
    func links(name: String) async throws {
        try await create("r1")
        try? FileManager.default.removeItem(atPath: store + "/" + name)
        if name == "locks" {
            try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: false)
        } else {
            try Data("ssh-ed25519 AAAA person@home\n".utf8).write(to: URL(fileURLWithPath: victim))
            chmod(victim, 0o644)
        }
        try FileManager.default.createSymbolicLink(atPath: store + "/" + name, withDestinationPath: victim)
        let left = SQLiteStore(directory: store)
        if name == "crew.sqlite" { await expect(.untrusted) { try await left.runs() } }
        for mustBeOwn in [true, false] { try await expectRefused(.untrusted, mustBeOwn: mustBeOwn) }
        // One that leads nowhere must not make anything either.
        try FileManager.default.removeItem(atPath: victim)
        await expect(.untrusted) {
            try await left.create("r2", Samples.events([Samples.created("r2")]))
        }
        #expect(!FileManager.default.fileExists(atPath: victim))
    }

    @Test func aLinkInPlaceOfTheFolderIsRefused() async throws {
        try FileManager.default.createDirectory(atPath: victim, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: store, withDestinationPath: victim)
        for path in [store, store + "/", store + "//"] {
            await expect(.untrusted) {
                try await SQLiteStore(directory: path).create("r1", Samples.events([Samples.created("r1")]))
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: victim).isEmpty)
    }

    @Test("Pipes, folders, second names and what others may write are refused")
    func unusual() async throws {
        try await create("r1")
        let database = store + "/crew.sqlite"
        for name in ["crew.sqlite-journal", "cache.sqlite"] {
            #expect(mkfifo(store + "/" + name, 0o600) == 0)
            try await expectRefused(.untrusted)
            try FileManager.default.removeItem(atPath: store + "/" + name)
            try FileManager.default.createDirectory(atPath: store + "/" + name, withIntermediateDirectories: false)
            try await expectRefused(.untrusted)
            try FileManager.default.removeItem(atPath: store + "/" + name)
        }
        try FileManager.default.linkItem(atPath: database, toPath: victim)
        try await expectRefused(.untrusted)
        try FileManager.default.removeItem(atPath: victim)
        for (path, bad, good) in [(database, 0o620, 0o600), (store, 0o702, 0o700), (store + "/locks", 0o770, 0o700)] {
            chmod(path, mode_t(bad))
            try await expectRefused(.untrusted)
            chmod(path, mode_t(good))
        }
        #expect(try await SQLiteStore(directory: store, mustBeOwn: true).runs().count == 1)
    }

    @Test("A lock that is a link or a pipe is refused")
    func locks() async throws {
        try await create("r1")
        let lock = store + "/locks/r1.lock"
        try FileManager.default.createSymbolicLink(atPath: lock, withDestinationPath: victim)
        await expect(.untrusted) { try await SQLiteStore(directory: store).open("r1") }
        #expect(!FileManager.default.fileExists(atPath: victim))
        try FileManager.default.removeItem(atPath: lock)
        #expect(mkfifo(lock, 0o600) == 0)
        await expect(.untrusted) { try await SQLiteStore(directory: store).open("r1") }
    }

    @Test func anothersStoreIsRefused() async throws {
        try await create("r1")
        guard geteuid() == 0 else {
            // Nobody but root can give a file away; a file of root's that anybody may read stands for it.
            try await expect(.untrusted) { try Ownership.check(status(of: "/"), at: "/", is: .folder) }
            return
        }
        for path in [store + "/crew.sqlite", store] {
            #expect(chown(path, 65_534, 65_534) == 0)
            try await expectRefused(.untrusted)
        }
    }

    private func status(of path: String) -> stat {
        var status = stat()
        _ = lstat(path, &status)
        return status
    }

    // MARK: - The schema

    @Test(
        "More in the schema than a crew makes is refused before it is asked anything",
        arguments: [
            "CREATE VIEW more AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
            "CREATE TRIGGER more AFTER INSERT ON events BEGIN DELETE FROM runs; END",
            "CREATE TABLE more (x)", "CREATE INDEX more ON runs (crew)",
            "ALTER TABLE runs ADD COLUMN more TEXT", "DROP INDEX runs_by_start",
            """
            ALTER TABLE runs RENAME TO real_runs; CREATE VIEW runs AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1
            FROM c) SELECT x AS run FROM c
            """,
        ]
    )
    func schema(change: String) async throws {
        try await create("r1")
        try sql(change)
        try await expectRefused(.damaged)
        try await expectRefused(.damaged, mustBeOwn: false)
        await expect(.damaged) { try SQLiteStore.survey(store) }
        await expect(.damaged) { try SQLiteStore.trust(store) }
        try Evidence.record(.neverGuessedAround, "a table, view, trigger or index more or less than a crew makes")
    }

    @Test(
        "A row of another type, or with a number beyond all bounds, is an error",
        arguments: [
            "UPDATE runs SET run = '$(id>x)'", "UPDATE runs SET crew = 'a b'",
            "UPDATE runs SET started = 9223372036854775807",
            "UPDATE runs SET updated = -9223372036854775808", "UPDATE runs SET last = 9223372036854775807",
            "UPDATE runs SET epoch = 9223372036854775807", "UPDATE runs SET epoch = 'x'",
            "UPDATE runs SET last = x'00'",
            "UPDATE runs SET settled_money = 'much'", "UPDATE runs SET held_calls = 9223372036854775807",
            "UPDATE runs SET settled_calls = 9223372036854775807, held_calls = 9223372036854775807",
            "UPDATE runs SET settled_tokens = 9223372036854775807, uncertain_tokens = 9223372036854775807",
            "UPDATE runs SET held_money = -9223372036854775808, held_tokens = -9223372036854775808",
            "UPDATE events SET sequence = 9223372036854775807", "UPDATE events SET sequence = -9223372036854775808",
            "UPDATE events SET time = 9223372036854775807", "UPDATE events SET epoch = -1",
            "UPDATE meta SET entries = 9223372036854775807", "UPDATE meta SET entries = 'x', head = 7",
            "UPDATE register SET number = 9223372036854775807", "UPDATE register SET name = 7, content = 'x'",
            """
            INSERT INTO accounts SELECT 'project', -9223372036854775808, 9223372036854775807, -1, 9223372036854775807,
            9223372036854775807, 9223372036854775807, 9223372036854775807, 9223372036854775807, 9223372036854775807,
            -9223372036854775808, -9223372036854775808, -9223372036854775808
            """,
            "INSERT INTO accounts SELECT 'crew/$(id)', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1",
        ]
    )
    func forgedRows(change: String) async throws {
        try await create("r1")
        try sql(change)
        let store = SQLiteStore(directory: store, mustBeOwn: true)
        // Whatever each of them says, none ends the program, and the whole is not called sound.
        _ = try? await store.runs()
        _ = try? await store.accounts()
        _ = try? await store.events(of: "r1")
        if let verification = try? await store.verify() { #expect(!verification.isSound, "\(verification)") }
        if let (lease, events) = try? await store.open("r1") {
            try? await store.append([Samples.note(events.count + 1)], lease)
        }
        try? await store.limit(.project, to: Limits(money: Money(picodollars: 5)))
        await store.close()
    }

    // MARK: - Making it

    @Test("Several processes make one store at the same moment, many times")
    func creationRace() async throws {
        for round in 0..<60 {
            let path = directory.path + "/s\(round)"
            let others = try (0..<6).map { try Probe(["append", path, "r\($0)", "1"]) }
            for other in others {
                let output = other.rest()
                #expect(output.hasSuffix("durable 2\n"), "round \(round): \(output)")
            }
            let verification = try await SQLiteStore(directory: path, mustBeOwn: true).verify()
            #expect(verification.isSound && verification.entries == 6, "\(verification)")
        }
    }
}
