import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import Testing

@testable import CrewTools

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What stays as it is although an agent may write the folder that it lies in.
struct ProtectedPlacesTests {
    private let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        for name in ["work", "work/.git", "work/.git/hooks", "work/.crew", "work/runs", "work/sub", "work/sub/.git"] {
            try scratch.folder(name)
        }
        for name in [".git/config", ".crew/crew.sqlite", "runs/crew.sqlite", "crew.yaml", "sub/.git/HEAD"] {
            try scratch.write("as it was", to: "work/\(name)")
        }
    }

    private func folder(_ name: String = "work", _ resolution: ConfinedFolder.Resolution) throws -> ConfinedFolder {
        try ConfinedFolder(at: "\(scratch.path)/\(name)", protecting: places, resolution: resolution)
    }

    private var places: ProtectedPlaces {
        ProtectedPlaces(files: ["\(scratch.path)/work/crew.yaml"], folders: ["\(scratch.path)/work/runs"])
    }

    @Test(
        arguments: [
            "crew.yaml", "./crew.yaml", ".git", ".git/config", ".git/hooks/pre-commit", "sub/.git", "sub/.git/HEAD",
            "sub/new/.git/config", ".crew/crew.sqlite", ".crew", "sub/.crew/x", "runs/crew.sqlite", "runs/new",
            // Names that are the same to some file systems.
            ".GIT/config", ".Git/hooks/x", "GIT~1/config", ".git./config", ".git /config", ".gi\u{200C}t/config",
            ".git::$INDEX_ALLOCATION/config", ".CREW/x", "Crew.YAML", "crew.yaml.", "crew.yaml::$DATA",
        ],
        ConfinedFolderTests.resolutions
    )
    func isNeverWritten(path: String, resolution: ConfinedFolder.Resolution) throws {
        let folder = try folder("work", resolution)
        #expect(throws: ToolRejection.self) { try folder.write("mine", to: ConfinedPath(path)) }
        for name in [".git/config", ".crew/crew.sqlite", "runs/crew.sqlite", "crew.yaml", "sub/.git/HEAD"] {
            #expect(scratch.text(of: "work/\(name)") == "as it was")
        }
        #expect(scratch.text(of: "work/.git/hooks/pre-commit") == nil)
        #expect(scratch.text(of: "work/runs/new") == nil)
        #expect(mkdir("\(scratch.path)/work/sub/new", 0o700) == 0, "no folder is made on the way to what is refused")
    }

    @Test(arguments: ConfinedFolderTests.resolutions)
    func isNotReadWhereRunsAreKept(resolution: ConfinedFolder.Resolution) throws {
        let folder = try folder("work", resolution)
        for path in [".crew/crew.sqlite", ".CREW/crew.sqlite", "runs/crew.sqlite"] {
            #expect(throws: ToolRejection.self, "\(path)") { try folder.read(ConfinedPath(path)) }
        }
        for path in [".crew", "runs"] {
            #expect(throws: ToolRejection.self, "\(path)") { try folder.list(ConfinedPath(path)) }
        }
        #expect(try folder.read(ConfinedPath("crew.yaml")) == "as it was")
        #expect(try folder.read(ConfinedPath(".git/config")) == "as it was")
    }

    @Test(arguments: ConfinedFolderTests.resolutions)
    func anotherNameIsNoWayAround(resolution: ConfinedFolder.Resolution) throws {
        try #require(link("\(scratch.path)/work/crew.yaml", "\(scratch.path)/work/hard.yaml") == 0)
        try scratch.link("work/soft.yaml", to: "crew.yaml")
        try scratch.link("work/depot", to: ".git")
        let folder = try folder("work", resolution)
        for path in ["hard.yaml", "soft.yaml", "depot/config"] {
            #expect(throws: ToolRejection.self, "\(path)") { try folder.write("mine", to: ConfinedPath(path)) }
        }
        #expect(scratch.text(of: "work/crew.yaml") == "as it was")
        // The file by its identity, where the run knows it by another name.
        try #require(unlink("\(scratch.path)/work/hard.yaml") == 0)
        let renamed = try ConfinedFolder(
            at: "\(scratch.path)/work",
            protecting: ProtectedPlaces(files: ["\(scratch.path)/work/soft.yaml"]),
            resolution: resolution
        )
        #expect(throws: ToolRejection.self) { try renamed.write("mine", to: ConfinedPath("crew.yaml")) }
        #expect(try folder.write("mine", to: ConfinedPath("other.yaml")) == false)
        #expect(try folder.write("mine", to: ConfinedPath("sub/crew.yaml")) == false, "only the crew's own file")
    }

    @Test(arguments: ConfinedFolderTests.resolutions)
    func aCrewFileThatIsAwayIsNotMade(resolution: ConfinedFolder.Resolution) throws {
        try #require(unlink("\(scratch.path)/work/crew.yaml") == 0)
        let folder = try folder("work", resolution)
        #expect(throws: ToolRejection.self) { try folder.write("mine", to: ConfinedPath("crew.yaml")) }
        #expect(scratch.text(of: "work/crew.yaml") == nil)
    }

    @Test(arguments: ConfinedFolderTests.resolutions)
    func aReadOnlyFileStaysAsItIs(resolution: ConfinedFolder.Resolution) throws {
        try scratch.write("as it was", to: "work/fixed.txt")
        try #require(chmod("\(scratch.path)/work/fixed.txt", 0o444) == 0)
        let folder = try folder("work", resolution)
        let rejection = try #require(throws: ToolRejection.self) {
            try folder.write("mine", to: ConfinedPath("fixed.txt"))
        }
        #expect(rejection.message == "'fixed.txt' is read-only and stays as it is.")
        #expect(scratch.text(of: "work/fixed.txt") == "as it was")
    }

    @Test func aProtectedFolderIsNotGranted() async throws {
        try scratch.link("hooks", to: "work/.git/hooks")
        try scratch.folder("work/runs/inner")
        for (name, writes, mayBe) in [
            ("hooks", true, false), ("hooks", false, true), ("work/.crew", false, false), ("work/runs", false, false),
            ("work/runs/inner", false, false), ("work/sub", true, true),
        ] {
            let tool = ToolDefinition(
                name: "notes",
                builtin: "files",
                options: ["folder": .string(name), "write": .bool(writes)]
            )
            let crew = Crew(
                name: "c",
                goal: "g",
                tools: [tool],
                agents: [Agent("a", role: "r", goal: "g", tools: [.named("notes")])]
            )
            do throws(ToolboxError) {
                let box = try await Toolbox(
                    crew: crew,
                    folder: scratch.path,
                    protected: places,
                    providers: BuiltinTools.providers(web: nil)
                )
                await box.close()
                #expect(mayBe, "\(name)")
            } catch {
                #expect(!mayBe && error.code == .badFolder, "\(name): \(error)")
            }
        }
    }
}
