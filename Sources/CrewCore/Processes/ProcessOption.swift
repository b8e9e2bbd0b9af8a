package import ChatModel

/// Something that a crew file may say of a process beside its pattern: the one definition from which it is read, checked,
/// published and documented.
package struct ProcessOption: Sendable {
    /// What may stand there, and where it is kept.
    package enum Value: Sendable {
        /// A whole number from a range.
        case integer(any WritableKeyPath<CrewProcess, Int> & Sendable, ClosedRange<Int>)
        /// The name of a model; without one, it is the one called `default`.
        case model(any WritableKeyPath<CrewProcess, String?> & Sendable)
        /// The name of an agent, or of a crew in its place.
        case agent(any WritableKeyPath<CrewProcess, String?> & Sendable)
        /// The name of a task.
        case task(any WritableKeyPath<CrewProcess, String?> & Sendable)
        /// Tools that may be called, as of an agent.
        case tools(any WritableKeyPath<CrewProcess, [ToolGrant]> & Sendable)
        /// What may be used in a run.
        case limits(any WritableKeyPath<CrewProcess, Limits> & Sendable)
    }

    /// Its key.
    package let key: String
    /// What may stand there.
    package let value: Value
    /// What it means.
    package let summary: String
    /// Other names that people know it by; only for hints.
    package let synonyms: [String]
    /// Whether it is an error, and not only without effect, where a process does not have it.
    let isRefusedElsewhere: Bool

    init(
        _ key: String,
        _ value: Value,
        _ summary: String,
        synonyms: [String] = [],
        isRefusedElsewhere: Bool = false
    ) {
        self.key = key
        self.value = value
        self.summary = summary
        self.synonyms = synonyms
        self.isRefusedElsewhere = isRefusedElsewhere
    }

    /// What holds when it is left out, if that can be said as a value.
    package var standard: JSONValue? {
        switch value {
        case .integer(let path, _): .integer(Int64(Self.unchanged[keyPath: path]))
        case .model: "default"
        case .agent, .task, .tools, .limits: nil
        }
    }

    /// Whether a process says something else than what holds anyway.
    func isSet(in process: CrewProcess) -> Bool {
        switch value {
        case .integer(let path, _): process[keyPath: path] != Self.unchanged[keyPath: path]
        case .model(let path), .agent(let path), .task(let path): process[keyPath: path] != nil
        case .tools(let path): !process[keyPath: path].isEmpty
        case .limits(let path): process[keyPath: path] != Limits()
        }
    }

    private static let unchanged = CrewProcess(pattern: .sequential)

    /// The task whose result is the answer, which every process may be told.
    static let answer = ProcessOption("answer", .task(\.answer), "The task whose result is the run's answer.")

    /// The options of all processes, each once.
    package static let all = CrewProcess.Pattern.allCases.flatMap { type(of: $0.rules).options }
        .reduce(into: [ProcessOption]()) { all, option in
            if !all.contains(where: { $0.key == option.key }) { all.append(option) }
        }

    /// The patterns that have it.
    package var patterns: [CrewProcess.Pattern] {
        CrewProcess.Pattern.allCases.filter { type(of: $0.rules).options.contains { $0.key == key } }
    }
}

extension CrewCheck {
    /// Checks what is said of the process, whether it has an effect in that process or not.
    mutating func process() {
        for option in ProcessOption.all {
            let path: [CrewProblem.PathElement] = ["process", .key(option.key)]
            switch option.value {
            case .integer(let value, let range): self.range(crew.process[keyPath: value], range, at: path)
            case .model(let name): reference(crew.process[keyPath: name], to: modelNames, "model", at: path)
            case .agent(let name): reference(crew.process[keyPath: name], to: memberNames, "agent", at: path)
            case .task(let name): reference(crew.process[keyPath: name], to: taskNames, "task", at: path)
            case .tools(let tools): grants(crew.process[keyPath: tools], at: path)
            case .limits(let limits): self.limits(crew.process[keyPath: limits], at: path)
            }
            if option.isRefusedElsewhere, option.isWithoutEffect(in: crew.process) {
                report(path, option.whoseItIs)
            }
        }
        crew.process.rules.problems(&self)
    }

    /// Reports a crew without tasks.
    mutating func needsTasks() {
        if crew.tasks.isEmpty { report(["tasks"], "a \(crew.process.name) process needs tasks") }
    }
}

extension ProcessOption {
    /// Whether something is said that the process does not know.
    func isWithoutEffect(in process: CrewProcess) -> Bool {
        isSet(in: process) && !type(of: process.rules).options.contains { $0.key == key }
    }

    /// Whose option it is, for messages.
    var whoseItIs: String {
        "only a \(patterns.map(\.rawValue).joined(separator: " or a ")) process has `\(key)`"
    }
}
