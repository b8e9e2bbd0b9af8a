import ChatModel
import CrewTools
import Testing

@testable import CrewCore

/// What member crews are granted counts as granted by the file that names them, and is held to what it grants later.
struct MemberGrantTests {
    private static let desk = Crew(
        name: "desk",
        goal: "g",
        models: [ModelDefinition(name: "far", model: "m", baseURL: "https://far.example/v1", keyVariable: "X")],
        tools: [ToolDefinition(name: "web", builtin: "fetch", options: ["hosts": ["a.org", "b.org"]])],
        agents: [Agent("clerk", role: "r", goal: "g", model: "far", tools: ["web"], exemptions: [.ruleOfTwo])],
        tasks: [CrewTask("t", summary: "d")]
    )

    private static func press(file: String?, folder: String?) -> MemberCrew {
        MemberCrew(
            "press",
            crew: Crew(
                name: "press",
                goal: "g",
                tools: [ToolDefinition(name: "notes", builtin: "files", options: ["folder": "notes", "write": true])],
                agents: [Agent("writer", role: "r", goal: "g", tools: ["notes"])],
                crews: [MemberCrew("desk", crew: desk)],
                tasks: [CrewTask("t", summary: "d")],
                process: CrewProcess(pattern: .coordinator, tools: ["notes.read"])
            ),
            file: file,
            folder: folder
        )
    }

    private static func report(_ member: MemberCrew) -> Crew {
        Crew(
            name: "report",
            goal: "g",
            models: [ModelDefinition(model: "m", baseURL: "http://127.0.0.1:1/v1")],
            agents: [Agent("editor", role: "r", goal: "g")],
            crews: [member],
            tasks: [CrewTask("t", summary: "d")]
        )
    }

    private static let scope = GrantScope(
        folder: "/home/one/crew",
        ownEndpoint: nil,
        resolving: { $0.replacing("/link/", with: "/elsewhere/") },
        digest: { "digest of \($0)" }
    )

    private static func shown(_ crew: Crew) -> [String] {
        crew.grants(in: scope).map { grant in
            "\(grant.kind.rawValue) \(CrewProblem(grant.path, "").description) \(grant.subject.joined(separator: " "))"
        }
    }

    private static let inner = [
        "variable agents.press.crew.agents.desk.crew.models.far.key:  X https://far.example",
        "host agents.press.crew.agents.desk.crew.tools.web.hosts[0]:  a.org",
        "host agents.press.crew.agents.desk.crew.tools.web.hosts[1]:  b.org",
    ]

    @Test func grantsOfMembersAreTheFiles() {
        #expect(Self.shown(Self.report(Self.press(file: nil, folder: nil))) == Self.inner)
        let within = Self.press(file: "/home/one/crew/press/crew.yaml", folder: "/home/one/crew/press")
        #expect(Self.shown(Self.report(within)) == Self.inner)
    }

    @Test(arguments: ["/home/one/other", "/home/one/crew/link"])
    func aFileElsewhereAndItsFoldersNeedConsent(folder: String) {
        let resolved = folder.hasSuffix("link") ? "/home/one/crew/elsewhere" : folder
        let scope = resolved == folder ? Self.scope : GrantScope(folder: "/home/one/crew/link", ownEndpoint: nil)
        let crew = Self.report(Self.press(file: "\(folder)/crew.yaml", folder: folder))
        let shown = crew.grants(in: scope).map(\.kind)
        #expect(
            shown == (resolved == folder ? [.crewFile, .folder, .variable, .host, .host] : [.variable, .host, .host])
        )
    }

    @Test func aFileElsewhereIsAgreedToAsItIs() throws {
        let crew = Self.report(Self.press(file: "/home/one/link/crew.yaml", folder: "/home/one/link"))
        let shown = Self.shown(crew)
        #expect(
            shown.first
                == "crew-file agents.press.crew:  /home/one/elsewhere/crew.yaml digest of /home/one/elsewhere/crew.yaml"
        )
        #expect(shown[1] == "folder agents.press.crew.tools.notes.folder:  /home/one/elsewhere/notes write")
    }

    private static func narrowed(_ change: (inout Crew) -> Void) -> NarrowedCrew {
        let recorded = report(press(file: "/c/press.yaml", folder: "/c"))
        var file = recorded
        change(&file)
        return recorded.narrowed(to: file)
    }

    @Test func whatIsTheSameStays() {
        let recorded = Self.report(Self.press(file: "/c/press.yaml", folder: "/c"))
        #expect(Self.narrowed { _ in } == NarrowedCrew(crew: recorded, differences: [], withdrawn: []))
        let more = Self.narrowed { file in
            file.crews[0].crew.process.tools.append("notes.write")
            file.crews[0].crew.crews[0].crew.tools[0].options = ["hosts": ["a.org", "b.org", "c.org"]]
        }
        #expect(more == NarrowedCrew(crew: recorded, differences: [], withdrawn: []))
    }

    @Test func whatAMemberIsGrantedNoLongerIsTaken() {
        let fewer = Self.narrowed { file in
            file.crews[0].crew.process.tools = []
            file.crews[0].crew.crews[0].crew.tools[0].options = ["hosts": ["b.org"]]
            file.crews[0].crew.crews[0].crew.agents[0].exemptions = []
        }
        let press = fewer.crew.crews[0].crew
        #expect(press.process.tools == [])
        #expect(press.agents[0].tools == ["notes"])
        #expect(press.crews[0].crew.tools[0].options["hosts"] == ["b.org"])
        #expect(press.crews[0].crew.agents[0].exemptions == [])
        #expect(
            fewer.differences == [
                "`press/coordinator` has no longer all of `notes.read`",
                "the tool `press/desk/web` reaches fewer hosts",
                "`press/desk/clerk` is no longer exempt from the rules of safety",
            ]
        )
    }

    @Test func aRelativeFolderOfAMovedMemberIsAnotherOne() {
        let moved = Self.narrowed { $0.crews[0].folder = "/d" }
        #expect(moved.crew.crews[0].crew.tools == [])
        #expect(moved.differences == ["the tool `press/notes` has another folder now"])
    }

    @Test func aMemberThatIsGoneHasNothingAndItsEndpointsAreWithdrawn() {
        let gone = Self.narrowed { $0.crews = [] }
        #expect(gone.crew.crews[0].crew.tools == [])
        #expect(gone.crew.crews[0].crew.agents[0].tools == [])
        #expect(gone.differences.first == "the member `press` is no longer there")
        #expect(gone.withdrawn == ["the model `press/desk/far` at https://far.example"])
    }
}
