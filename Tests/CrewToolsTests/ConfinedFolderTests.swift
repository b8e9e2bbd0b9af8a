import CrewCore
import CrewRuntime
import CrewTesting
import Evidence
import Synchronization
import Testing

@testable import CrewTools

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

struct ConfinedFolderTests {
    static let resolutions: [ConfinedFolder.Resolution] = [.automatic, .walk]
    static let secret = "the secret outside"

    let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        try scratch.write(Self.secret, to: "secret.txt")
        for name in ["inside", "inside/sub", "outside"] { try scratch.folder(name) }
        try scratch.write(Self.secret, to: "outside/secret.txt")
        try scratch.write("hello", to: "inside/a.txt")
        try scratch.write("deeper", to: "inside/sub/b.txt")
        try scratch.link("inside/linkfile", to: "../secret.txt")
        try scratch.link("inside/linkdir", to: "../outside")
        try scratch.link("inside/linkabs", to: "\(scratch.path)/outside")
        try scratch.link("inside/linkself", to: "a.txt")
        try scratch.link("inside/linkproc", to: "/proc/self/root")
        try scratch.link("inside/dangling", to: "../new.txt")
        try #require(link("\(scratch.path)/secret.txt", "\(scratch.path)/inside/hard") == 0)
        try #require(mkfifo("\(scratch.path)/inside/fifo", 0o600) == 0)
    }

    private func folder(_ resolution: ConfinedFolder.Resolution) throws -> ConfinedFolder {
        try ConfinedFolder(at: "\(scratch.path)/inside", resolution: resolution)
    }

    /// `{scratch}` stands for the path of the test's folder: should the confinement ever break, then nothing but the
    /// test's own files may suffer, since tests may run with every right.
    static let escapes = [
        "../secret.txt", "sub/../../secret.txt", "..", "sub/..", "{scratch}/secret.txt", "/{scratch}/secret.txt", "~/x",
        "~root/x",
        "a.txt\u{0}.md", "..\\secret.txt", "sub\\b.txt", "linkfile", "linkdir/secret.txt", "linkabs/secret.txt",
        "linkself", "linkproc{scratch}/secret.txt", "linkdir/../../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt",
        ".../secret.txt", "\u{FF0E}\u{FF0E}/secret.txt", "dangling", "a.txt/../../secret.txt", "a\nb",
        String(repeating: "x", count: 256), String(repeating: "d/", count: 40) + "x",
        String(repeating: "y/", count: 900),
    ]

    private static func placed(_ path: String, in scratch: String) -> String {
        path.replacing("{scratch}", with: scratch)
    }

    @Test(arguments: escapes, resolutions)
    func refusesToReadOutside(path: String, resolution: ConfinedFolder.Resolution) throws {
        let path = Self.placed(path, in: scratch.path)
        let folder = try folder(resolution)
        #expect(throws: ToolRejection.self) { try folder.read(ConfinedPath(path)) }
        #expect(throws: ToolRejection.self) { try folder.list(ConfinedPath(path)) }
        try Evidence.record(
            .confined,
            "paths that lead out of the folder, refused by the kernel and by the portable walk"
        )
    }

    @Test(arguments: escapes, resolutions)
    func writesNothingOutside(path: String, resolution: ConfinedFolder.Resolution) throws {
        let path = Self.placed(path, in: scratch.path)
        let folder = try folder(resolution)
        // Names that only look like a way out are ordinary names, and may be written.
        let isOrdinary =
            path.contains("%2e") || path.contains("%2f") || path.hasPrefix("...") || path.contains("\u{FF0E}")
        if isOrdinary {
            #expect(try folder.write("new", to: ConfinedPath(path)) == false)
            #expect(scratch.text(of: "inside/\(path)") == "new")
        } else {
            #expect(throws: ToolRejection.self) { try folder.write("new", to: ConfinedPath(path)) }
        }
        #expect(scratch.text(of: "secret.txt") == Self.secret)
        #expect(scratch.text(of: "outside/secret.txt") == Self.secret)
        #expect(scratch.text(of: "new.txt") == nil)
        try Evidence.record(.confined, "paths that lead out of the folder, not written to")
    }

    @Test(arguments: resolutions)
    func refusesWhatIsNoFile(resolution: ConfinedFolder.Resolution) throws {
        let folder = try folder(resolution)
        for path in ["fifo", "sub", "", "."] {
            #expect(throws: ToolRejection.self, "\(path)") { try folder.read(ConfinedPath(path)) }
            #expect(throws: ToolRejection.self, "\(path)") { try folder.write("x", to: ConfinedPath(path)) }
        }
        #expect(throws: ToolRejection.self) { try folder.list(ConfinedPath("a.txt")) }
        #expect(throws: ToolRejection.self) { try folder.write("x", to: ConfinedPath("a.txt/x")) }
        #expect(throws: ToolRejection.self) { try folder.write("x", to: ConfinedPath("hard")) }
        #expect(scratch.text(of: "secret.txt") == Self.secret)
    }

    #if os(Linux)
        @Test(arguments: resolutions)
        func refusesDevicesAndMounts(resolution: ConfinedFolder.Resolution) throws {
            let devices = try ConfinedFolder(at: "/dev", resolution: resolution)
            for path in ["null", "zero", "fd/0", "stdin"] {
                #expect(throws: ToolRejection.self, "\(path)") { try devices.read(ConfinedPath(path)) }
            }
            let root = try ConfinedFolder(at: "/", resolution: resolution)
            for path in ["proc/version", "proc/self/root/etc/passwd", "proc/self/environ", "dev/null"] {
                #expect(throws: ToolRejection.self, "\(path)") { try root.read(ConfinedPath(path)) }
            }
            // A file that does not know its size is still read no further than the limit.
            let processes = try ConfinedFolder(at: "/proc", resolution: resolution)
            #expect(try processes.read(ConfinedPath("version")).contains("Linux"))
            #expect(throws: ToolRejection.self) { try processes.read(ConfinedPath("self/status")) }
        }
    #endif

    @Test(arguments: resolutions)
    func readsWritesAndLists(resolution: ConfinedFolder.Resolution) throws {
        let folder = try folder(resolution)
        #expect(try folder.read(ConfinedPath("a.txt")) == "hello")
        #expect(try folder.read(ConfinedPath("./sub//b.txt")) == "deeper")
        #expect(try folder.write("new", to: ConfinedPath("x/y/z.txt")) == false)
        #expect(scratch.text(of: "inside/x/y/z.txt") == "new")
        try #require(chmod("\(scratch.path)/inside/a.txt", 0o640) == 0)
        #expect(try folder.write("", to: ConfinedPath("a.txt")))
        #expect(scratch.text(of: "inside/a.txt") == "")
        var status = stat()
        #expect(stat("\(scratch.path)/inside/a.txt", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
        let listing = try folder.list(ConfinedPath(""))
        #expect(
            listing.entries.map(\.name) == [
                "a.txt", "dangling", "fifo", "hard", "linkabs", "linkdir", "linkfile", "linkproc", "linkself", "sub",
                "x",
            ]
        )
        #expect(listing.entries.first?.kind == .file(size: 0))
        #expect(listing.entries.last?.kind == .folder)
        #expect(listing.entries.dropFirst().first?.kind == .other)
        #expect(try folder.list(ConfinedPath("sub")).entries == [.init(name: "b.txt", kind: .file(size: 6))])
    }

    @Test func boundsSizesAndRefusesBinary() throws {
        let folder = try folder(.automatic)
        let limit = ConfinedFolder.maximumSize
        let most = String(repeating: "x", count: limit)
        #expect(try folder.write(most, to: ConfinedPath("most")) == false)
        #expect(try folder.read(ConfinedPath("most")).utf8.count == limit)
        let tooLong = try #require(throws: ToolRejection.self) {
            try folder.write(most + "x", to: ConfinedPath("more"))
        }
        #expect(tooLong.message.contains("1 MiB"))
        #expect(scratch.text(of: "inside/more") == nil)
        try scratch.write(most + "x", to: "inside/more")
        let tooLarge = try #require(throws: ToolRejection.self) { try folder.read(ConfinedPath("more")) }
        #expect(tooLarge.message.contains("1 MiB") && tooLarge.message.contains("\(limit + 1)"))
        // Ten gigabytes without a block on the disk.
        try scratch.write("", to: "inside/sparse")
        try #require(truncate("\(scratch.path)/inside/sparse", 10 << 30) == 0)
        #expect(throws: ToolRejection.self) { try folder.read(ConfinedPath("sparse")) }
        try scratch.write("a\u{0}b", to: "inside/nul")
        let binary = try #require(throws: ToolRejection.self) { try folder.read(ConfinedPath("nul")) }
        #expect(binary.message.contains("not UTF-8 text"))
        let file = try #require(fopen("\(scratch.path)/inside/latin", "w"))
        fputc(0xE9, file)
        fclose(file)
        #expect(throws: ToolRejection.self) { try folder.read(ConfinedPath("latin")) }
    }

    @Test func boundsTheListing() throws {
        try scratch.folder("inside/many")
        for number in 0..<4_100 { try scratch.write("", to: "inside/many/f\(10_000 + number)") }
        try scratch.write("", to: "inside/many/bad\nname")
        try scratch.write("", to: "inside/many/\(ConfinedFolder.temporaryPrefix)x")
        let listing = try folder(.automatic).list(ConfinedPath("many"))
        #expect(listing.entries.map(\.name) == (0..<1_000).map { "f\(10_000 + $0)" })
        #expect(listing.more == 3_100)
        #expect(listing.unusable == 1)
        #expect(!listing.isIncomplete)
    }

    /// Swaps a folder and a link to the outside while files are opened through that name.
    @Test(arguments: resolutions)
    func neverFollowsALinkThatIsSwappedIn(resolution: ConfinedFolder.Resolution) async throws {
        let folder = try folder(resolution)
        let path = scratch.path
        try scratch.folder("inside/real")
        try scratch.write("ours", to: "inside/real/secret.txt")
        try scratch.link("inside/trap", to: "../outside")
        try scratch.write("ours", to: "inside/file")
        try scratch.link("inside/fileTrap", to: "../secret.txt")
        try #require(rename("\(path)/inside/real", "\(path)/inside/name") == 0)
        let race = Race()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !race.isDone.load(ordering: .relaxed) {
                    rename("\(path)/inside/name", "\(path)/inside/real")
                    rename("\(path)/inside/trap", "\(path)/inside/name")
                    rename("\(path)/inside/file", "\(path)/inside/fileReal")
                    rename("\(path)/inside/fileTrap", "\(path)/inside/file")
                    rename("\(path)/inside/name", "\(path)/inside/trap")
                    rename("\(path)/inside/real", "\(path)/inside/name")
                    rename("\(path)/inside/file", "\(path)/inside/fileTrap")
                    rename("\(path)/inside/fileReal", "\(path)/inside/file")
                    race.swaps.add(1, ordering: .relaxed)
                }
            }
            group.addTask {
                var attempt = 0
                while attempt < 3_000 || race.swaps.load(ordering: .relaxed) < 100 {
                    attempt += 1
                    for name in ["name/secret.txt", "file"] {
                        guard let text = try? folder.read(ConfinedPath(name)) else { continue }
                        #expect(text == "ours" || text == "mine")
                    }
                    if attempt.isMultiple(of: 50) {
                        _ = try? folder.write("mine", to: ConfinedPath("name/secret.txt"))
                        _ = try? folder.write("mine", to: ConfinedPath("name/fresh.txt"))
                    }
                }
                race.isDone.store(true, ordering: .relaxed)
            }
        }
        #expect(scratch.text(of: "secret.txt") == Self.secret)
        #expect(scratch.text(of: "outside/secret.txt") == Self.secret)
        #expect(scratch.text(of: "outside/fresh.txt") == nil)
        try Evidence.record(.confined, "reads while links are swapped in, none of which leads outside", cases: 3_000)
    }

    @Test func replacesAFileInOneStep() async throws {
        let folder = try folder(.automatic)
        let texts = ["old", "new"].map { String(repeating: $0 + "\n", count: 50_000) }
        _ = try folder.write(texts[0], to: ConfinedPath("t"))
        let race = Race()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for turn in 1...40 { _ = try? folder.write(texts[turn % 2], to: ConfinedPath("t")) }
                race.isDone.store(true, ordering: .relaxed)
            }
            group.addTask {
                while !race.isDone.load(ordering: .relaxed) {
                    let text = try? folder.read(ConfinedPath("t"))
                    #expect(text.map(texts.contains) ?? false)
                }
            }
        }
        #expect(try folder.list(ConfinedPath("")).entries.contains { $0.name == "t" })
    }

    @Test(arguments: resolutions)
    func leavesNothingBehindWhenAWriteFails(resolution: ConfinedFolder.Resolution) throws {
        let folder = try folder(resolution)
        #expect(throws: ToolRejection.self) { try folder.write("x", to: ConfinedPath("sub")) }
        #expect(throws: ToolRejection.self) { try folder.write("x", to: ConfinedPath("linkself")) }
        let stream = try #require(opendir("\(scratch.path)/inside"))
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            // The first bytes of the name tell.
            #expect(
                entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: "."))
                    || entry.pointee.d_name.1 != CChar(bitPattern: UInt8(ascii: "c"))
            )
        }
    }
}

/// What the two sides of a race know of each other.
private final class Race: Sendable {
    let isDone = Atomic(false)
    let swaps = Atomic(0)
}
