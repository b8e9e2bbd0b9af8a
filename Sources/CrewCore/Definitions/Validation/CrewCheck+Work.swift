import ChatModel

extension CrewCheck {
    mutating func agents() {
        if crew.members.isEmpty { report(["agents"], "a crew needs at least one agent") }
        names(memberNames, in: "agents", "agent")
        for agent in crew.agents {
            let path: [CrewProblem.PathElement] = ["agents", .key(agent.name)]
            required(agent.role, at: path + ["role"], "the agent's role")
            text(agent.role, at: path + ["role"])
            required(agent.goal, at: path + ["goal"], "the agent's goal")
            text(agent.goal, at: path + ["goal"])
            text(agent.instructions, at: path + ["instructions"])
            if let model = agent.model { reference(model, to: modelNames, "model", at: path + ["model"]) }
            grants(agent.tools, at: path + ["tools"])
            if !agent.exemptions.contains(.ruleOfTwo) { ruleOfTwo(agent.tools, of: agent.name, at: path + ["tools"]) }
            limits(agent.limits, at: path + ["limits"])
            range(agent.maximumTurns, 1...10_000, at: path + ["max_turns"])
        }
    }

    mutating func grants(_ grants: [ToolGrant], at path: [CrewProblem.PathElement]) {
        var seen: Set<String> = []
        for (index, grant) in grants.enumerated() {
            let place = path + [.index(index)]
            if !seen.insert(grant.name).inserted { report(place, "\(quoted(grant.name)) is granted twice", grant.name) }
            switch grant {
            case .code(let tool):
                name(tool.name, at: place, "tool")
            case .named(let name):
                let halves = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard let set = halves.first, let tool = crew.tools.first(where: { $0.name == set }) else {
                    reference(halves.first, to: crew.tools.map(\.name), "tool", at: place)
                    continue
                }
                guard halves.count == 2, let builtin = builtins.named(tool.builtin) else { continue }
                if builtin.parts.isEmpty {
                    report(place, "the tool `\(set)` has no parts", name, hint: "grant `\(set)`")
                } else {
                    reference(halves[1], to: builtin.parts.map(\.name), "part of `\(set)`", at: place)
                    let part = builtin.parts.first { $0.name == halves[1] }
                    if let part, let option = part.option, tool.options[option]?.boolValue != true {
                        report(
                            place,
                            "`\(set)` may not \(part.name)",
                            name,
                            hint: "give the tool the option `\(option): true`"
                        )
                    }
                }
            }
        }
    }

    mutating func tasks() {
        names(taskNames, in: "tasks", "task")
        let entangled = entangledTasks()
        for task in crew.tasks {
            let path: [CrewProblem.PathElement] = ["tasks", .key(task.name)]
            required(task.summary, at: path + ["description"], "the task's description")
            text(task.summary, at: path + ["description"])
            reference(task.agent, to: memberNames, "agent", at: path + ["agent"])
            var seen: Set<String> = []
            for (index, need) in task.needs.enumerated() {
                let place = path + ["needs", .index(index)]
                reference(need, to: taskNames, "task", at: place)
                if !seen.insert(need).inserted { report(place, "\(quoted(need)) is needed twice", need) }
            }
            if let problem = task.outputProblem { report(path + ["output"], problem.description) }
            schema(task.output, at: path + ["output"])
            output(of: task, at: path + ["output"])
            for (index, criterion) in task.accept.enumerated() {
                if case .assertion(let source) = criterion {
                    assertion(source, of: task, at: path + ["accept", .index(index), "assert"])
                }
            }
        }
        cycles(among: entangled)
    }

    private mutating func schema(_ schema: JSONSchema?, at path: [CrewProblem.PathElement]) {
        guard let schema else { return }
        for problem in schema.check() {
            var place = path
            var value: JSONValue? = schema.document
            for step in problem.path.split(separator: "/") {
                let key = String(step).replacing("~1", with: "/").replacing("~0", with: "~")
                if let elements = value?.arrayValue, let index = Int(key) {
                    place.append(.index(index))
                    value = elements.indices.contains(index) ? elements[index] : Optional<JSONValue>.none
                } else {
                    place.append(.key(key))
                    value = value?[key]
                }
            }
            report(place, "this is no schema: \(problem.message)")
        }
    }

    private mutating func assertion(_ source: String, of task: CrewTask, at path: [CrewProblem.PathElement]) {
        let assertion: Assertion
        do {
            assertion = try Assertion(source)
        } catch {
            return report(
                path,
                "the assertion cannot be read: \(error.message)",
                error.found,
                hint: "at its column \(error.column)"
            )
        }
        let roots = assertion.roots
        guard let schema = task.output else {
            for root in roots where root != "text" {
                report(
                    path,
                    "the result of `\(task.name)` is prose and has no `\(root)`",
                    root,
                    hint: "prose is called `text`; for anything else give the task an `output` schema"
                )
            }
            return
        }
        // Only a schema that lists all of its properties tells what a result cannot have.
        guard let properties = schema.document["properties"]?.objectValue, schema.document["$ref"] == nil,
            schema.document["anyOf"] == nil, schema.document["type"]?.stringValue == "object"
        else { return }
        for root in roots where properties[root] == nil {
            let near = NearestName.of(root, in: properties.keys).map { "did you mean `\($0)`?" }
            report(
                path,
                "the output of `\(task.name)` has no property `\(root)`",
                root,
                hint: near ?? "it has \(list(properties.keys))"
            )
        }
    }

    /// The tasks that stand in a circle of needs, or wait for one that does.
    func entangledTasks() -> Set<String> {
        var open = needs.mapValues { $0.filter { needs[$0] != nil }.count }
        var users: [String: [String]] = [:]
        for (task, needed) in needs { for need in needed { users[need, default: []].append(task) } }
        var free = open.filter { $0.value == 0 }.map(\.key)
        while let task = free.popLast() {
            open[task] = nil
            for user in users[task] ?? [] {
                guard let left = open[user] else { continue }
                open[user] = left - 1
                if left == 1 { free.append(user) }
            }
        }
        return Set(open.keys)
    }

    private mutating func cycles(among entangled: Set<String>) {
        var reported: Set<String> = []
        for task in crew.tasks where entangled.contains(task.name) && !reported.contains(task.name) {
            guard let cycle = cycle(from: task.name) else { continue }
            reported.formUnion(cycle)
            let back = cycle.count > 1 ? cycle[1] : task.name
            let index = task.needs.firstIndex(of: back) ?? 0
            report(
                ["tasks", .key(task.name), "needs", .index(index)],
                "the needs go in a circle: \((cycle + [task.name]).joined(separator: " → "))",
                back
            )
        }
    }

    /// The shortest way along the needs from a task back to itself.
    private func cycle(from start: String) -> [String]? {
        var cameFrom: [String: String] = [:]
        var queue = [start]
        var position = 0
        while position < queue.count {
            let name = queue[position]
            position += 1
            for need in needs[name] ?? [] {
                if need == start {
                    var way = [name]
                    while let first = way.last, first != start, let before = cameFrom[first] { way.append(before) }
                    return way.reversed()
                }
                if cameFrom[need] == nil {
                    cameFrom[need] = name
                    queue.append(need)
                }
            }
        }
        return nil
    }
}
