extension ModelDefinition {
    /// An environment variable whose value every request to the model's endpoint carries.
    public struct VariableUse: Sendable, Hashable {
        /// The variable's name.
        public let variable: String
        /// The part of the request that carries it, in the terms of a crew file: `key`, `headers.NAME`, `query.NAME`.
        public let place: String
        /// The endpoint that gets it; `nil` for the environment's or OpenAI's.
        public let baseURL: String?
    }

    /// Every environment variable whose value goes to the endpoint, in the order of a crew file.
    ///
    /// A key that the definition does not name, since the endpoint is the environment's own, is not among them.
    public var variableUses: [VariableUse] {
        var uses = keyVariable.map { [VariableUse(variable: $0, place: "key", baseURL: baseURL)] } ?? []
        for (section, parameters) in [("headers", headers), ("query", query)] {
            for parameter in parameters {
                guard case .variable(let variable) = parameter.value else { continue }
                uses.append(VariableUse(variable: variable, place: "\(section).\(parameter.name)", baseURL: baseURL))
            }
        }
        return uses
    }
}
