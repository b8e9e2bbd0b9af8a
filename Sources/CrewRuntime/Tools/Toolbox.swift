package import ChatModel
package import CrewCore

/// The tools of a crew, ready to be called: who may call which, under what name, and how.
///
/// An agent reaches the tools that it is granted and no others. The tools of a declared set have the set's name before
/// their own: granted `notes` or `notes.read`, a model calls `notes_read`. Agents are known by their paths in the tree of
/// crews, `press/writer`, and a coordinator with tools of its own as `coordinator` or `press/coordinator`; each reaches what its
/// own crew declares.
package struct Toolbox: Sendable {
    private var byAgent: [String: [ToolImplementation]] = [:]
    private let arm: Deadlines.Arm
    private let secrets: SecretFilter
    /// What each crew of the tree declares.
    private var supplies: [ToolSupply] = []

    /// Makes the tools of a crew ready.
    ///
    /// - Parameters:
    ///   - crew: The crew.
    ///   - folder: What relative folders in the crew are relative to, and in those within it that have no folder of their own.
    ///   - protected: What no tool may touch.
    ///   - providers: The built-ins that the crew may declare.
    ///   - tools: Tools written in Swift that agents may be granted by name. A crew read back from a journal has only
    ///     names left.
    ///   - secrets: Knows what must not stand in an outcome.
    ///   - sleep: Waits for a tool's time limit; the machine's clock is used without it.
    /// - Throws: ``ToolboxError`` when a declaration or a grant is wrong, or a declared folder is not there.
    package init(
        crew: Crew,
        folder: String,
        protected: ProtectedPlaces = ProtectedPlaces(),
        providers: [any ToolProvider],
        tools: [any Tool] = [],
        secrets: SecretFilter = SecretFilter(),
        sleep: (@Sendable (Duration) async throws -> Void)? = nil
    ) async throws(ToolboxError) {
        self.secrets = secrets
        arm = if let sleep { Deadlines.sleeping(sleep) } else { Deadlines.shared.arm }
        let written = try ToolSupply.implementations(of: tools)
        do throws(ToolboxError) {
            for node in crew.tree {
                let surroundings = ToolSurroundings(folder: node.folder ?? folder, protected: protected)
                var supply = ToolSupply(tools: written)
                do throws(ToolboxError) {
                    for definition in node.crew.tools {
                        try await supply.open(definition, from: providers, in: surroundings)
                    }
                    for (path, grants) in node.grants { try grant(grants, to: path, from: supply) }
                } catch {
                    await supply.close()
                    throw error
                }
                supplies.append(supply)
            }
        } catch {
            await close()
            throw error
        }
    }

    /// Gives back what the tools hold; to be called once, after the last call.
    package func close() async {
        for supply in supplies { await supply.close() }
    }

    private mutating func grant(
        _ tools: [ToolGrant],
        to path: String,
        from supply: ToolSupply
    ) throws(ToolboxError) {
        var granted: [ToolImplementation] = []
        var grants: [String: String] = [:]
        for grant in tools {
            for tool in try supply.tools(for: grant) {
                let name = tool.implementation.specification.declaration.name
                // The same tool granted twice, such as `notes` and `notes.read`, is one tool.
                if grants[name] == tool.origin { continue }
                guard grants.updateValue(tool.origin, forKey: name) == nil else {
                    throw ToolboxError(
                        .badName,
                        tool: grant.name,
                        "agent '\(path)' has another tool that models would call '\(name)'; rename one"
                    )
                }
                granted.append(tool.implementation)
            }
        }
        byAgent[path] = granted
    }

    /// The tools of an agent, known by its path, in the order in which they are granted.
    package func specifications(for agent: String) -> [ToolSpecification] {
        byAgent[agent, default: []].map(\.specification)
    }

    /// Calls a tool as the agent that the context names.
    ///
    /// When the tool's time is over, or the caller's task is cancelled, the tool's task is cancelled and this returns at
    /// once. A tool that does not heed its cancellation goes on unobserved; what it gives later is dropped.
    ///
    /// - Parameters:
    ///   - name: The name that the model called, which need not exist.
    ///   - arguments: The model's arguments as it wrote them; nothing is done unless they follow the schema.
    ///   - context: Which call this is, and which agent's.
    ///   - timeout: How long the call may take, where that is less than the tool's own limit.
    package func call(
        _ name: String,
        arguments: String,
        context: ToolContext,
        timeout: Duration? = nil
    ) async -> ToolOutcome {
        let granted = byAgent[context.agent, default: []]
        guard let tool = granted.first(where: { $0.specification.declaration.name == name }) else {
            return shown(.rejected(Self.unknown(name, granted.map(\.specification.declaration.name))))
        }
        let specification = tool.specification
        let ownLimit = Duration.milliseconds(specification.timeout)
        let limit = min(ownLimit, timeout ?? ownLimit)
        let context = context.bounded(by: .now + limit) { [secrets] in secrets.isEmpty ? $0 : secrets($0) }
        return await BoundedCall<ToolOutcome>.run(
            timeout: limit,
            arm: arm,
            timedOut: .timedOut,
            cancelled: .cancelled
        ) {
            do {
                let input = try ToolArguments.parse(arguments, for: specification.declaration)
                return shown(.completed(try await tool.call(input, context)))
            } catch let rejection as ToolRejection {
                return shown(.rejected(rejection.message))
            } catch {
                return shown(.failed("\(error)"))
            }
        }
    }

    /// The outcome as it is recorded: keys are taken out before it is cut, since half a key is no key that is known.
    private func shown(_ outcome: ToolOutcome) -> ToolOutcome {
        (secrets.isEmpty ? outcome : outcome.mapText { secrets($0) }).bounded
    }

    private static func unknown(_ name: String, _ available: [String]) -> String {
        // The name is the model's; its text may be of any length and look like anything.
        let shown = name.unicodeScalars.prefix(64).map { $0.escaped(asASCII: true) }.joined()
        guard !available.isEmpty else { return "There is no tool '\(shown)'; you have no tools." }
        let names = available.sortedByLikeness(to: name).map { "'\($0)'" }.joined(separator: ", ")
        return "There is no tool '\(shown)'; you have \(names)."
    }
}
