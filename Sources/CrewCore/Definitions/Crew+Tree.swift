/// A crew and those that are its members, theirs, and so on.
///
/// What stands in the tree is known by its path: the names of the members that lead there, with `/` between them. The agent
/// `writer` of the member `press` is `press/writer`, the model `default` of that crew `press/default`. What belongs to the
/// outermost crew has its plain name.
extension Crew {
    /// How many crews may stand in one another, the outermost one included.
    package static let deepestTree = 8
    /// How many crews there may be in a tree, the outermost one included.
    package static let largestTree = 100

    /// A crew in the tree, and where it stands.
    package struct Node: Sendable, Hashable {
        /// The names of the members that lead to it; none for the outermost crew.
        package let path: [String]
        /// The crew.
        package let crew: Crew
        /// What makes it a member; `nil` for the outermost crew.
        package let member: MemberCrew?
        /// The folder against which relative paths of its tools are resolved; `nil` where that is the outermost crew's.
        package let folder: String?

        /// What stands before the names of all that belongs to it: nothing, or `press/`.
        package var prefix: String { path.map { "\($0)/" }.joined() }

        /// The tools that are granted in the crew itself, by the paths of those who may call them.
        package var grants: [(path: String, tools: [ToolGrant])] {
            let agents = crew.agents.map { (prefix + $0.name, $0.tools) }
            let coordinator = (prefix + CrewPlace.coordinatorName, crew.process.tools)
            return crew.process.tools.isEmpty ? agents : agents + [coordinator]
        }

        /// Where it stands, in the terms of a crew file.
        package var place: [CrewProblem.PathElement] { path.flatMap { ["agents", .key($0), "crew"] } }
    }

    /// The names of all members: the agents in their order, then the crews in theirs.
    public var members: [String] { agents.map(\.name) + crews.map(\.name) }

    /// The member crew of that name.
    public func member(_ name: String) -> MemberCrew? { crews.first { $0.name == name } }

    /// All crews of the tree, each before those within it, this one first.
    ///
    /// Only of a tree within its bounds; see ``isBoundedTree``.
    package var tree: [Node] {
        var nodes: [Node] = []
        func visit(_ crew: Crew, _ member: MemberCrew?, _ path: [String], _ folder: String?) {
            nodes.append(Node(path: path, crew: crew, member: member, folder: folder))
            for inner in crew.crews { visit(inner.crew, inner, path + [inner.name], inner.folder ?? folder) }
        }
        visit(self, nil, [], nil)
        return nodes
    }

    /// The tree with every crew changed, each before those within it.
    package func changed(_ change: (inout Crew, _ node: Node) -> Void) -> Crew {
        func visit(_ node: Node) -> Crew {
            var crew = node.crew
            change(&crew, node)
            for (index, inner) in crew.crews.enumerated() {
                let folder = inner.folder ?? node.folder
                let node = Node(path: node.path + [inner.name], crew: inner.crew, member: inner, folder: folder)
                crew.crews[index].crew = visit(node)
            }
            return crew
        }
        return visit(Node(path: [], crew: self, member: nil, folder: nil))
    }

    /// Whether the tree keeps to its bounds; found out in bounded time.
    ///
    /// A crew that stands in another twice, and that one in a third twice, is soon more than can be looked at.
    package var isBoundedTree: Bool {
        var count = 0
        func isBounded(_ crew: Crew, _ depth: Int) -> Bool {
            count += 1
            guard depth <= Self.deepestTree, count <= Self.largestTree else { return false }
            return crew.crews.allSatisfy { isBounded($0.crew, depth + 1) }
        }
        return isBounded(self, 1)
    }

    /// The crew to which the names of members lead.
    package func crew(at path: some Collection<String>) -> Crew? {
        guard let first = path.first else { return self }
        return member(first)?.crew.crew(at: path.dropFirst())
    }

    /// All agents of the tree by their paths, those of a crew before those of the crews within it.
    package var allAgents: [(path: String, agent: Agent)] {
        tree.flatMap { node in node.crew.agents.map { (node.prefix + $0.name, $0) } }
    }

    /// The tools that are granted in the tree, by the paths of those who may call them: agents, and coordinators with tools of
    /// their own, each under a name that no agent can have.
    package var allGrants: [(path: String, tools: [ToolGrant])] { tree.flatMap(\.grants) }

    /// The agent at a path such as `press/writer`.
    package func agent(at path: String) -> Agent? {
        guard let (crews, name) = Self.steps(of: path) else { return agent(path) }
        return crew(at: crews)?.agent(name)
    }

    /// All models of the tree by their qualified names.
    package var allModels: [(name: String, model: ModelDefinition)] {
        tree.flatMap { node in node.crew.models.map { (node.prefix + $0.name, $0) } }
    }

    /// All models of the tree, each called by its qualified name.
    package var qualifiedModels: [ModelDefinition] {
        allModels.map { name, model in
            var model = model
            model.name = name
            return model
        }
    }

    /// The model of a qualified name such as `default` or `press/default`.
    package func model(qualified name: String) -> ModelDefinition? {
        guard let (crews, name) = Self.steps(of: name) else { return model(name) }
        return crew(at: crews)?.model(name)
    }

    /// The tree with other models.
    ///
    /// - Parameter models: All models of the tree, each called by its qualified name, those of a crew in their order.
    package func replacingModels(_ models: [ModelDefinition]) -> Crew {
        let byCrew = Dictionary(grouping: models) { Self.steps(of: $0.name)?.crews ?? [] }
        return changed { crew, node in
            crew.models = byCrew[node.path, default: []].map { model in
                var model = model
                model.name = Self.steps(of: model.name)?.name ?? model.name
                return model
            }
        }
    }

    /// The qualified name of the model that a name means in a crew of the tree: that crew's own, or else the nearest around it.
    ///
    /// - Parameters:
    ///   - name: The name; `nil` means `default`.
    ///   - path: The names of the members that lead to the crew; none for this one.
    /// - Returns: `nil` when there is no such model.
    package func qualifiedModel(_ name: String?, seenFrom path: [String]) -> String? {
        let name = name ?? "default"
        var path = path[...]
        while true {
            if let found = crew(at: path)?.model(name) {
                return path.map { "\($0)/" }.joined() + found.name
            }
            guard path.popLast() != nil else { return nil }
        }
    }

    /// The qualified name of the model to which a model's calls go when it fails.
    package func qualifiedFallback(of name: String) -> String? {
        guard let fallback = model(qualified: name)?.fallback else { return nil }
        return qualifiedModel(fallback, seenFrom: Self.steps(of: name)?.crews ?? [])
    }

    /// The qualified names of the models that the agents and the coordinator of a crew of the tree call, and of those to which
    /// calls that fail go.
    package func models(usedBy node: Node) -> Set<String> {
        var used: Set<String> = []
        var named = node.crew.agents.map(\.model)
        if let model = node.crew.process.coordinatorModel { named.append(model) }
        for name in named {
            var next = qualifiedModel(name, seenFrom: node.path)
            while let model = next, used.insert(model).inserted { next = qualifiedFallback(of: model) }
        }
        return used
    }

    /// A path's members and the name at its end; `nil` when it is a plain name.
    private static func steps(of path: String) -> (crews: [String], name: String)? {
        guard path.utf8.contains(UInt8(ascii: "/")) else { return nil }
        var steps = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let name = steps.removeLast()
        return (steps, name)
    }
}
