import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CurlClient
import ModelTraffic
import OpenAIChat
import ScriptedServer

/// Models behind real connections to a scripted server, with the traffic control that all runs share, and virtual time.
struct WiredProvider: ModelProvider {
    let baseURL: String
    let clock: TestClock
    private let client: HTTPClient
    private let traffic: TrafficControl

    init(_ baseURL: String, _ clock: TestClock) throws {
        self.baseURL = baseURL
        self.clock = clock
        client = try HTTPClient(HTTPClient.Configuration(proxy: .none))
        traffic = TrafficControl(clock: clock.traffic)
    }

    func close() async { await client.close() }

    func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel {
        let endpoint = OpenAIEndpoint(baseURL: definition.baseURL ?? baseURL, apiKey: Secret("sk-the-key-of-the-test"))
        let model = OpenAIChatModel(endpoint: endpoint, client: client, now: { clock.now })
        return traffic.model(
            wrapping: model,
            endpoint: endpoint.baseURL,
            keyIdentity: "key",
            model: definition.model
        )
    }
}

extension ScriptedConnection {
    /// Answers with a completion.
    func say(_ text: String) {
        let content = JSONValue.string(text).jsonText
        respond(
            status: 200,
            headers: ["Content-Type": "application/json"],
            body: "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\(content)},"
                + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20}}"
        )
    }
}

extension Crew {
    /// One agent with one task, on models that cost money.
    static func single(fallbacks: [String] = [], at baseURL: String? = nil) -> Crew {
        var crew = Crew.pair(
            .sequential,
            price: Price(input: 1, output: 1),
            tasks: [CrewTask("t", summary: "T", agent: "scout")]
        )
        for (index, name) in fallbacks.enumerated() {
            crew.models[index].fallback = name
            crew.models.append(
                ModelDefinition(
                    name: name,
                    model: name,
                    baseURL: baseURL,
                    maximumOutput: 300,
                    price: Price(input: 1, output: 1)
                )
            )
        }
        return crew
    }
}
