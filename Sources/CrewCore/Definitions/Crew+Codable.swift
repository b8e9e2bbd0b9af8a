extension Crew: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, goal, inputs, models, tools, agents, crews, tasks, process, limits
    }

    /// Reads a crew; one that was recorded before crews could be members has none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(String.self, forKey: .name),
            goal: try container.decode(String.self, forKey: .goal),
            inputs: try container.decode([CrewInput].self, forKey: .inputs),
            models: try container.decode([ModelDefinition].self, forKey: .models),
            tools: try container.decode([ToolDefinition].self, forKey: .tools),
            agents: try container.decode([Agent].self, forKey: .agents),
            crews: try container.decodeIfPresent([MemberCrew].self, forKey: .crews) ?? [],
            tasks: try container.decode([CrewTask].self, forKey: .tasks),
            process: try container.decode(CrewProcess.self, forKey: .process),
            limits: try container.decode(Limits.self, forKey: .limits)
        )
    }

    /// Writes a crew; one without member crews as it was written before there could be any.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(goal, forKey: .goal)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(models, forKey: .models)
        try container.encode(tools, forKey: .tools)
        try container.encode(agents, forKey: .agents)
        if !crews.isEmpty { try container.encode(crews, forKey: .crews) }
        try container.encode(tasks, forKey: .tasks)
        try container.encode(process, forKey: .process)
        try container.encode(limits, forKey: .limits)
    }
}

extension Crew {
    /// Whether it has nothing that programs from before crews could be members do not know.
    package var isPlain: Bool { crews.isEmpty && process.tools.isEmpty && process.limits == Limits() }
}
