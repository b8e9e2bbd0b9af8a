import ChatModel
import CrewCore

extension Crew {
    static func pair(_ process: CrewProcess, price: Price? = nil, tasks: [CrewTask]? = nil) -> Crew {
        Crew(
            name: "pair",
            goal: "Explain tides",
            models: [ModelDefinition(model: "m", maximumOutput: 300, price: price)],
            agents: [
                Agent("scout", role: "Scout", goal: "Find facts"),
                Agent("writer", role: "Writer", goal: "Write them up"),
            ],
            tasks: tasks ?? [
                CrewTask("facts", summary: "Three facts", agent: "scout"),
                CrewTask("brief", summary: "A brief", agent: "writer", needs: ["facts"]),
            ],
            process: process
        )
    }
}
