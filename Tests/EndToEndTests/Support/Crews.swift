/// Crew files that several tests use.
enum Crews {
    /// Two agents in a sequence, without tools.
    static let sequence = """
        crew: sequence
        goal: Explain {{topic}}.
        inputs:
          topic: {type: string, default: tides}
        agents:
          scout: {role: a scout, goal: Find what matters}
          writer: {role: a writer, goal: Write it up}
        process: sequential
        tasks:
          facts: {description: "Facts about {{topic}}.", agent: scout}
          text: {description: "A text about {{topic}}.", agent: writer}

        """

    /// What both agents of ``sequence`` say.
    static func sequenceReply(_ call: ChatCall) -> ChatReply {
        call.system.contains("You are a writer") ? .text("The answer, 42 ✓") : .text("a fact")
    }

    /// A coordinator with one agent and one structured task.
    static let coordinated = """
        crew: coordinated
        goal: Decide.
        agents:
          judge: {role: a judge, goal: Judge well}
        process: coordinator
        tasks:
          verdict:
            description: A verdict.
            agent: judge
            output:
              type: object
              properties: {text: {type: string, maxLength: 50}, sound: {type: boolean}}
              required: [text, sound]
              additionalProperties: false

        """

    /// What a capable model says in ``coordinated``.
    static func coordinatedReply(_ call: ChatCall) -> ChatReply {
        guard call.isOfCoordinator else { return .text(#"{"text":"fine","sound":true}"#) }
        return .text(Self.instruction(on: call.messages[1]["content"]?.text ?? ""))
    }

    /// The instruction that the board asks for: all that is due, or the end.
    private static func instruction(on board: String) -> String {
        board.contains("- verdict [due]")
            ? #"{"reason":"it is due","instruction":{"kind":"delegate","assignments":[{"task":"verdict","agent":"judge","objective":""}]}}"#
            : #"{"reason":"it is done","instruction":{"kind":"finish","results":["r1"]}}"#
    }
}
