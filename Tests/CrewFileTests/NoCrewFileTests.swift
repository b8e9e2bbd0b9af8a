import CrewFile
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What is given in the place of a crew file: neither waited for nor shown.
@Suite(.timeLimit(.minutes(1)))
final class NoCrewFileTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func put(_ text: String, _ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func complaint(_ path: String) -> String {
        do {
            _ = try CrewFile.load(path: path)
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func aPipeIsRefusedAtOnceAlsoBehindALink() throws {
        try #require(mkfifo("\(folder)/pipe", 0o600) == 0)
        try #require(symlink("pipe", "\(folder)/crew.yaml") == 0)
        for name in ["pipe", "crew.yaml"] {
            #expect(complaint("\(folder)/\(name)").contains("it is a pipe, not a regular file"))
        }
        #expect(complaint("/dev/null").contains("it is a device, not a regular file"))
        #expect(complaint(folder).contains("it is a folder, not a regular file"))
    }

    #if os(Linux)
        @Test func whatTheSystemMakesUpIsRefused() throws {
            try #require(symlink("/proc/self/comm", "\(folder)/crew.yaml") == 0)
            #expect(complaint("\(folder)/crew.yaml").contains("it is no file on a disk"))
        }
    #endif

    @Test func aLinkToAFileOfOnesOwnIsFollowed() throws {
        let target = try put("crew: c\ngoal: [\n", "target.yaml")
        try #require(symlink(target, "\(folder)/crew.yaml") == 0)
        #expect(complaint("\(folder)/crew.yaml").contains("crew.yaml:3:1: error: this is no YAML"))
    }

    @Test(arguments: [
        "HOME=/home/one\u{0}PASSPHRASE=swordfish\u{0}",
        "PASSPHRASE=swordfish\nHOME=/home/one\n",
        "-----BEGIN KEY-----\nswordfish\n-----END KEY-----\n",
        "[default]\naws_id = swordfish\n",
        "machine a.org login me pass swordfish: \"\n",
        "- swordfish\n",
        "user: {name: me, pass: swordfish}\n",
        "user: me\npass: \"swordfish\n",
        "swordfish",
        "swordfish: |\n\ta",
    ])
    func whatIsSomethingElseIsNotShown(text: String) throws {
        let shown = complaint(try put(text, "crew.yaml"))
        #expect(shown.contains("error: "))
        #expect(!shown.contains("swordfish") || shown.contains("unknown key \"swordfish\""), "\(shown)")
    }

    @Test func aFaultOfACrewFileIsShown() throws {
        let shown = complaint(try put("crew: c\ngoal: {{topic}} in short\n", "crew.yaml"))
        #expect(shown.contains("    goal: {{topic}} in short\n"), "\(shown)")
        #expect(complaint(try put("crew: c\ngoal: g\nagnets: {}\n", "crew.yaml")).contains("    agnets: {}\n"))
    }

    @Test func aLargeFileIsRefused() throws {
        let text = "crew: c\n" + String(repeating: "# much\n", count: 150_000)
        #expect(complaint(try put(text, "crew.yaml")).contains("it is larger than a mebibyte"))
    }
}
