import ChatModel

extension Crew {
    /// Everything that keeps the crew from running, in the order of a crew file's sections; nothing when it can run.
    ///
    /// A crew made in code and one read from a file are held to the same rules.
    ///
    /// - Parameter builtins: The built-in tools that there are.
    package func problems(builtins: [any BuiltinTool]) -> [CrewProblem] {
        guard isBoundedTree else {
            return [
                CrewProblem(
                    ["agents"],
                    "there are too many crews within crews",
                    hint: "at most \(Self.largestTree) in all, and \(Self.deepestTree) in one another"
                )
            ]
        }
        var check = CrewCheck(crew: self, builtins: builtins)
        check.everything()
        check.prices()
        let defaults = JSONObject(inputs.compactMap { input in input.defaultValue.map { (input.name, $0) } })
        return check.problems + oversizedTexts(with: defaults)
    }
}

/// One pass over a crew that collects what is wrong with it.
struct CrewCheck {
    let crew: Crew
    let builtins: [any BuiltinTool]
    private(set) var problems: [CrewProblem] = []
    let inputNames: [String]
    /// The models that may be named here: the crew's own, and those of the crews around it.
    let modelNames: [String]
    let memberNames: [String]
    let taskNames: [String]
    let needs: [String: [String]]
    /// Where the crew stands: nowhere, or below what makes it a member.
    private let place: [CrewProblem.PathElement]

    /// - Parameters:
    ///   - crew: The crew.
    ///   - builtins: The built-in tools that there are.
    ///   - models: The names of the models of the crews around it.
    ///   - place: Where it stands in the outermost one.
    init(
        crew: Crew,
        builtins: [any BuiltinTool],
        around models: [String] = [],
        at place: [CrewProblem.PathElement] = []
    ) {
        self.crew = crew
        self.builtins = builtins
        self.place = place
        inputNames = crew.inputs.map(\.name)
        let own = crew.models.map(\.name)
        modelNames = own + models.filter { !own.contains($0) }
        memberNames = crew.members
        taskNames = crew.tasks.map(\.name)
        needs = Dictionary(crew.tasks.map { ($0.name, $0.needs) }, uniquingKeysWith: { first, _ in first })
    }

    /// Checks all that can be said of the crew by itself and of those within it.
    mutating func everything() {
        header()
        inputs()
        models()
        tools()
        agents()
        members()
        process()
        tasks()
        limits(crew.limits, at: ["limits"])
    }

    /// Checks a crew that is a member of this one.
    mutating func inner(_ crew: Crew, at path: [CrewProblem.PathElement]) {
        var check = CrewCheck(crew: crew, builtins: builtins, around: modelNames, at: place + path)
        check.everything()
        problems += check.problems
    }

    mutating func report(
        _ path: [CrewProblem.PathElement],
        _ message: String,
        _ offendingText: String? = nil,
        hint: String? = nil
    ) {
        problems.append(CrewProblem(place + path, message, offendingText: offendingText, hint: hint))
    }

    /// Checks a section's names: their characters, and that none comes twice.
    mutating func names(_ names: [String], in section: String, _ what: String) {
        var seen: Set<String> = []
        for name in names {
            self.name(name, at: [.key(section), .key(name)], what)
            if !seen.insert(name).inserted {
                report([.key(section), .key(name)], "there are two \(what)s called \(quoted(name))", name)
            }
        }
    }

    mutating func name(_ name: String, at path: [CrewProblem.PathElement], _ what: String) {
        guard !Names.isValid(name) else { return }
        report(
            path,
            "\(quoted(name)) cannot be the name of \(article(what))",
            name,
            hint: "use 1 to 64 letters, digits, `-` and `_`"
        )
    }

    /// Checks that a name refers to something.
    mutating func reference(_ name: String?, to names: [String], _ what: String, at path: [CrewProblem.PathElement]) {
        guard let name, !names.contains(name) else { return }
        let hint: String
        if let near = NearestName.of(name, in: names) {
            hint = "did you mean `\(near)`?"
        } else if names.isEmpty {
            hint = "there are no \(what)s"
        } else {
            hint = "there is \(list(names))"
        }
        report(path, "there is no \(what) called \(quoted(name))", name, hint: hint)
    }

    /// Checks a number against its range.
    mutating func range(_ value: Int?, _ range: ClosedRange<Int>, at path: [CrewProblem.PathElement]) {
        guard let value, !range.contains(value) else { return }
        report(path, "\(value) is out of range", String(value), hint: "from \(range.lowerBound) to \(range.upperBound)")
    }

    /// Checks the placeholders of a text.
    mutating func text(_ text: String, at path: [CrewProblem.PathElement]) {
        let template = Template(text)
        for malformed in template.malformed {
            report(
                path,
                "\(quoted(malformed)) is no placeholder",
                malformed,
                hint: "a placeholder is the name of an input between double braces, such as {{topic}}"
            )
        }
        for name in template.placeholders where !inputNames.contains(name) {
            let near = NearestName.of(name, in: inputNames).map { "did you mean {{\($0)}}?" }
            let known = inputNames.isEmpty ? "declare it under `inputs`" : "the inputs are \(list(inputNames))"
            report(path, "there is no input for the placeholder {{\(name)}}", "{{\(name)}}", hint: near ?? known)
        }
    }

    /// Checks that a text is there at all.
    mutating func required(_ text: String, at path: [CrewProblem.PathElement], _ what: String) {
        if text.allSatisfy(\.isWhitespace) { report(path, "\(what) is empty") }
    }

    /// A text as it may stand in a message: short, on one line, in quotation marks.
    func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(60).map { $0.properties.generalCategory == .control ? " " : String($0) }
        return "\"\(shown.joined())\(text.unicodeScalars.count > 60 ? "…" : "")\""
    }

    func list(_ names: [String]) -> String {
        names.prefix(8).map { "`\($0)`" }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }
}
