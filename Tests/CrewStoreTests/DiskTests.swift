#if os(Linux)
    import CrewRuntime
    import CrewSQLite
    import CrewStore
    import CrewTesting
    import Foundation
    import Testing

    @testable import CrewCore

    /// Real file systems that are full or may not be written, in a namespace of their own; permissions alone would not
    /// keep root out.
    @Suite(.timeLimit(.minutes(2)))
    struct DiskTests {
        private let directory: TemporaryFolder

        init() throws { directory = try TemporaryFolder() }

        /// Runs the probe after some preparation by the shell; `$0` is the directory, `$1` the probe.
        private func probe(_ arguments: [String], after script: String) throws -> String {
            let output = try Probe(
                arguments,
                under: [
                    "unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", script + "\nexec \"$@\"",
                    directory.path,
                ]
            ).rest()
            try #require(!output.contains("unshare:"), "this test needs user namespaces: \(output)")
            try #require(!output.contains("mount:"), "this test needs mounts in user namespaces: \(output)")
            return output
        }

        private let readOnly = "mount --bind \"$0\" \"$0\"; mount -o remount,bind,ro \"$0\""

        @Test("A full disk is named, and what was acknowledged before is kept", arguments: [64, 256, 1_024, 4_096])
        func fullDisk(kilobytes: Int) throws {
            let store = directory.path + "/store"
            try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
            // The first probe fills the disk, the second reads what the first acknowledged.
            let script = """
                mount -t tmpfs -o size=\(kilobytes)k,mode=700 none "$0/store"
                "$1" append "$0/store" r1 10000 || true
                """
            let lines = try probe(["read", store, "r1"], after: script).split(separator: "\n")
            let failure = try #require(lines.first { $0.hasPrefix("error") })
            #expect(failure.hasPrefix("error disk_full"), "\(failure)")
            let acknowledged =
                lines.last { $0.hasPrefix("durable") }.flatMap { Int($0.dropFirst("durable ".count)) } ?? 0
            if acknowledged > 0 { #expect(lines.last == "read \(acknowledged)") }
            if kilobytes >= 1_024 { #expect(acknowledged > 10) }
        }

        @Test("A store on a read-only disk can be read and not written", arguments: [true, false])
        func readOnlyDisk(isClosed: Bool) async throws {
            let store = SQLiteStore(directory: directory.path)
            let lease = try await store.create("r1", Samples.events([Samples.created("r1")]))
            try await store.append([Samples.note(2)], lease)
            // Otherwise the write-ahead log still holds everything.
            if isClosed { await store.close() }
            #expect(try probe(["read", directory.path, "r1"], after: readOnly) == "read 2\n")
            #expect(try probe(["runs", directory.path], after: readOnly) == "runs 1\n")
            #expect(try probe(["hold", directory.path, "r1"], after: readOnly).hasPrefix("error read_only"))
            #expect(try probe(["append", directory.path, "r2", "1"], after: readOnly).hasPrefix("error read_only"))
            // A copy without the index of the log.
            try? FileManager.default.removeItem(atPath: directory.path + "/crew.sqlite-shm")
            #expect(try probe(["read", directory.path, "r1"], after: readOnly) == "read 2\n")
            await store.close()
        }

        @Test func aStoreCannotBeMadeOnAReadOnlyDisk() throws {
            let store = directory.path + "/new"
            #expect(try probe(["append", store, "r1", "1"], after: readOnly).hasPrefix("error read_only"))
            #expect(try probe(["runs", store], after: readOnly) == "runs 0\n")
        }

        @Test func aPathBelowAFileIsNoStore() async throws {
            let file = directory.path + "/file"
            try Data().write(to: URL(fileURLWithPath: file))
            let store = SQLiteStore(directory: file + "/store")
            await expect(.storage) { try await store.create("r1", Samples.events([Samples.created("r1")])) }
            #expect(try await store.runs().isEmpty)
        }
    }
#endif
