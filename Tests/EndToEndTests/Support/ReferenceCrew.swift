import Foundation

/// The crew of the crash tests: a coordinator, three agents with tools, and a crew as a member; fourteen calls when nothing
/// goes wrong.
///
/// Its model answers from the content of the request alone, so that the answer does not depend on how often, in what
/// order or by which process it is asked.
enum ReferenceCrew {
    /// The calls of a run that nothing disturbs: five instructions, a plan, a revision and seven turns of agents.
    static let calls = 14
    static let answer = #"{"title":"Second title","text":"The costs are 42."}"#
    /// What the crew leaves in its folder.
    static let files = ["costs.txt", "draft.txt"]
    static let draft = "Draft: 42\n"

    static let file = """
        crew: reference
        goal: Report the costs.
        models:
          default: {model: reference-model, max_output: 500, price: {input: 1, output: 2}}
        tools:
          notes: {builtin: files, folder: notes, write: true}
          calculator: {builtin: calculator}
        agents:
          clerk: {role: a clerk, goal: Get the sums right, tools: [notes.read, notes.list, calculator]}
          scribe: {role: a scribe, goal: Write drafts, tools: [notes.write]}
          editor: {role: an editor, goal: Make it good}
          desk: {crew: desk.yaml, limits: {budget_usd: 0.10}}
        process: {pattern: coordinator, max_instructions: 12, max_revisions: 1}
        tasks:
          sums: {description: Add up the costs., agent: clerk}
          title: {description: A title., agent: editor}
          draft: {description: Write draft.txt., agent: scribe, needs: [sums]}
          report:
            description: The report.
            agent: desk
            needs: [draft, title]
            output:
              type: object
              properties: {title: {type: string, maxLength: 80}, text: {type: string, maxLength: 200}}
              required: [title, text]
              additionalProperties: false

        """

    /// The member crew; the schema of its answer is what the outer task asks for.
    static let desk = """
        crew: desk
        goal: Write what is to be read.
        agents: {subeditor: {role: an editor, goal: Make it good}}
        tasks: {text: {description: The report., agent: subeditor}}

        """

    /// Puts the crew and what it works on into a folder.
    static func install(in work: Workspace) throws {
        try work.write(file, to: "crew.yaml")
        try work.write(desk, to: "desk.yaml")
        try work.write("12\n30\n", to: "notes/costs.txt")
    }

    static func reply(_ call: ChatCall) -> ChatReply {
        if call.isOfCoordinator { return .text(instruction(on: call.task)) }
        if call.system.contains("a clerk") {
            switch call.toolResults {
            case 0: return .tools(("notes_read", #"{"path":"costs.txt"}"#), ("notes_list", "{}"))
            case 2: return .tools(("calculator", #"{"expression":"12+30"}"#))
            default: return .text("The sum is \(call.last).")
            }
        }
        if call.system.contains("a scribe") {
            let isRight = call.task.contains("The sum is 42.")
            return call.toolResults == 0
                ? .tools(("notes_write", #"{"path":"draft.txt","content":"Draft: \#(isRight ? "42" : "?")\n"}"#))
                : .text("draft.txt: \(call.last)")
        }
        if call.task.contains("Your task: The report.") {
            let title = call.task.contains("Second title") ? "Second title" : "?"
            return .text(
                #"{"title":"\#(title)","text":"The costs are \#(call.task.contains("draft.txt") ? "42" : "?")."}"#
            )
        }
        return .text(call.task.contains("Improve it.") ? "Second title" : "First title")
    }

    private static func instruction(on board: String) -> String {
        let lines = board.split(separator: "\n").map(String.init)
        let allowed = lines.first { $0.hasPrefix("Allowed now: ") } ?? ""
        func answer(_ instruction: String) -> String { #"{"reason":"","instruction":\#(instruction)}"# }
        func identifier(ofTask task: String) -> String? {
            lines.last { $0.hasPrefix("- r") && $0.contains(", task \(task), by ") }
                .map { String($0.dropFirst(2).prefix { $0 != "," }) }
        }
        if !board.contains("## Plan") {
            return answer(
                #"{"kind":"plan","facts":["costs stand in costs.txt"],"steps":["sums","title","draft","report"]}"#
            )
        }
        if allowed.contains("revise"), board.contains(">First title<"), !board.contains(">Second title<"),
            let title = identifier(ofTask: "title")
        {
            return answer(#"{"kind":"revise","result":"\#(title)","feedback":"Say it better."}"#)
        }
        let due = lines.filter { $0.hasPrefix("- ") && $0.contains(" [due] (by ") }.map { line in
            let task = line.dropFirst(2).prefix { $0 != " " }
            let agent = line.firstRange(of: "(by ").map { line[$0.upperBound...].prefix { $0 != ")" } } ?? ""
            return #"{"task":"\#(task)","agent":"\#(agent)","objective":""}"#
        }
        if !due.isEmpty { return answer(#"{"kind":"delegate","assignments":[\#(due.joined(separator: ","))]}"#) }
        return answer(#"{"kind":"finish","results":["\#(identifier(ofTask: "report") ?? "?")"]}"#)
    }
}
