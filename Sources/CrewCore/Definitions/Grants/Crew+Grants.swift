import ChatModel

extension Crew {
    /// What the crew and those within it are granted beyond the harmless, in the order of a crew file's sections, each once.
    ///
    /// Harmless are: endpoints on this machine; a provider's own endpoint with the variable in which its key conventionally
    /// lies; the endpoint that the person's environment names, with the variable for it; crew files of members within the
    /// outermost crew file's own folder; and what a built-in tool calls so.
    ///
    /// - Parameters:
    ///   - scope: What the person has said by their surroundings.
    ///   - builtins: The built-in tools that there are.
    package func grants(in scope: GrantScope, builtins: [any BuiltinTool]) -> [Grant] {
        var seen: Set<String> = []
        return tree.flatMap { node in
            let folder = node.folder ?? scope.folder
            var grants = node.member.map { $0.grants(in: scope, at: Array(node.place.dropLast())) } ?? []
            grants += node.crew.models.flatMap { $0.grants(in: scope.within(folder), at: node.place) }
            grants += node.crew.tools.flatMap { $0.grants(in: scope.within(folder), builtins, at: node.place) }
            return grants
        }.filter { seen.insert($0.identity).inserted }
    }
}

extension MemberCrew {
    /// What lies in a folder that the crew file does not answer for is agreed to as it is.
    fileprivate func grants(in scope: GrantScope, at place: [CrewProblem.PathElement]) -> [Grant] {
        guard let file else { return [] }
        let resolved = scope.resolving(file)
        guard !scope.owns(resolved) else { return [] }
        return [
            Grant(
                kind: .crewFile,
                subject: [resolved, scope.digest(resolved)],
                path: place + ["crew"],
                summary: "takes in the crew of \(resolved), a file outside its folder"
            )
        ]
    }
}

extension ModelDefinition {
    fileprivate func grants(in scope: GrantScope, at crew: [CrewProblem.PathElement]) -> [Grant] {
        let place = crew + ["models", .key(name)]
        // What the environment names is the person's own word, also where a run has recorded it.
        let isOwn = scope.ownEndpoint.map { baseURL ?? $0 == $0 } ?? false
        guard let endpoint = try? ModelEndpoint(baseURL ?? scope.ownEndpoint ?? "https://api.openai.com/v1"),
            !endpoint.isLoopback
        else { return [] }
        var grants: [Grant] = []
        let at = baseURL == nil ? place + ["model"] : place + ["base_url"]
        if endpoint.isLocalService, !isOwn {
            grants.append(
                Grant(
                    kind: .localService,
                    subject: [endpoint.origin],
                    path: at,
                    summary: "talks to \(endpoint.origin), a service of the local network or the cloud"
                )
            )
        }
        // Who brings the certificates to trust says who the provider is.
        let isProved = certificateAuthorities == nil
        for use in variableUses {
            if isOwn, use.variable == "OPENAI_API_KEY" { continue }
            if isProved, KnownProvider.issued(use.variable, for: endpoint) { continue }
            grants.append(
                Grant(
                    kind: .variable,
                    subject: [use.variable, endpoint.origin],
                    path: place + use.path,
                    summary: "sends the value of the variable \(use.variable) to \(endpoint.origin)"
                )
            )
        }
        if let file = certificateAuthorities {
            let resolved = scope.resolving(file.hasPrefix("/") ? file : "\(scope.base)/\(file)")
            grants.append(
                Grant(
                    kind: .authority,
                    subject: [resolved, scope.digest(resolved), endpoint.origin],
                    path: place + ["ca"],
                    summary: "believes whoever has a certificate by \(resolved) that they are \(endpoint.origin)"
                )
            )
        }
        if grants.isEmpty, !isOwn, !isProved || !KnownProvider.owns(endpoint) {
            grants.append(
                Grant(
                    kind: .endpoint,
                    subject: [endpoint.origin],
                    path: at,
                    summary: "sends what agents say and read to \(endpoint.origin)"
                )
            )
        }
        return grants
    }
}

extension ModelDefinition.VariableUse {
    /// Where the variable is named, below the model.
    var path: [CrewProblem.PathElement] {
        place.split(separator: ".", maxSplits: 1).map { .key(String($0)) }
    }
}

extension ToolDefinition {
    fileprivate func grants(
        in scope: GrantScope,
        _ builtins: [any BuiltinTool],
        at crew: [CrewProblem.PathElement]
    ) -> [Grant] {
        (builtins.named(builtin)?.grants(of: options, in: scope) ?? []).map { grant in
            Grant(
                kind: grant.kind,
                subject: grant.subject,
                path: crew + ["tools", .key(name)] + grant.path,
                summary: grant.summary
            )
        }
    }
}
