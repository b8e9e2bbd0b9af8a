import CrewCore
import CrewRuntime
import OpenAIChat

extension OpenAIEndpoint {
    /// The endpoint that a completed definition describes, with what it takes from the environment.
    ///
    /// - Throws: `CrewError` when a variable is not set or holds what cannot be sent.
    init(_ definition: ModelDefinition, environment: [String: String]) throws(CrewError) {
        guard let baseURL = definition.baseURL else {
            throw CrewError(.configuration, "the model \"\(definition.name)\" has no endpoint")
        }
        if EndpointAddress.isExposed(baseURL),
            let use = definition.variableUses.first(where: { environment[$0.variable].map { !$0.isEmpty } ?? false })
        {
            throw CrewError(
                .credentials,
                "the model \"\(definition.name)\" (\(definition.model)): the value of \(use.variable) would go to its endpoint "
                    + "in clear text; use https, since without it keys are sent to this machine only"
            )
        }
        let keys = KeyReading(environment: environment)
        var hidden: [Secret] = []
        func values(_ parameters: [RequestParameter], _ what: String) throws(CrewError) -> [Parameter] {
            var result: [Parameter] = []
            for parameter in parameters {
                switch parameter.value {
                case .text(let text): result.append(Parameter(parameter.name, Secret(text)))
                case .variable(let variable):
                    let part = "the \(what) \(parameter.name)"
                    guard let value = try keys.sendable(variable, as: part, mayHoldSpaces: true) else {
                        throw CrewError(
                            .credentials,
                            "the model \"\(definition.name)\" (\(definition.model)) needs \(part): set \(variable)"
                        )
                    }
                    hidden += keys.secrets(of: variable).map { Secret($0) }
                    result.append(Parameter(parameter.name, Secret(value)))
                }
            }
            return result
        }
        self.init(
            baseURL: baseURL,
            apiKey: try Self.key(definition, baseURL, keys).map { Secret($0) },
            organization: definition.organization,
            project: definition.project,
            headers: try values(definition.headers, "header"),
            query: try values(definition.query, "query parameter"),
            certificateAuthorityFile: definition.certificateAuthorities,
            timeouts: Timeouts(firstByte: definition.firstByteTimeout, idle: definition.idleTimeout)
        )
        concealed = hidden
        // One that is written out was agreed to; a name that leads there was not.
        reachesLocalServices = EndpointAddress.isLocalService(baseURL)
    }

    private static func key(
        _ definition: ModelDefinition,
        _ baseURL: String,
        _ keys: KeyReading
    ) throws(CrewError) -> String? {
        guard let variable = definition.keyVariable else { return nil }
        if let key = try keys.sendable(variable, as: "the key") { return key }
        // A key that nobody asked for may be missing on this machine, or where another way in is named; one that the
        // crew names may not.
        let isImplied = variable == OpenAIModels.impliedKeyVariable
        let hasOtherWay = definition.variableUses.contains { $0.place != "key" }
        guard !isImplied || !(EndpointAddress.isLoopback(baseURL) || hasOtherWay) else { return nil }
        throw CrewError(
            .credentials,
            "the model \"\(definition.name)\" (\(definition.model)) needs a key: set \(variable)"
                + (isImplied ? ", or set OPENAI_BASE_URL to an endpoint on this machine" : "")
        )
    }
}
