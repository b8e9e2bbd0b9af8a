extension Crew {
    /// What is probably not meant, though the crew can run: inputs that nothing uses, placeholders with one brace, and
    /// options of another process.
    public func doubts() -> [CrewProblem] {
        let names = inputs.map(\.name)
        let known = Set(names)
        var doubts: [CrewProblem] = []
        var used: Set<String> = []
        for (path, text) in texts where !known.isEmpty {
            used.formUnion(Template(text).placeholders)
            for name in known.intersection(text.namesBetweenSingleBraces).sorted() {
                // Whoever wrote it so means to use it: one doubt is enough.
                used.insert(name)
                doubts.append(
                    CrewProblem(
                        path,
                        "{\(name)} with one brace stays as it is, and there is an input of that name",
                        offendingText: "{\(name)}",
                        hint: "did you mean {{\(name)}}?"
                    )
                )
            }
        }
        for name in names where !used.contains(name) {
            doubts.append(
                CrewProblem(
                    ["inputs", .key(name)],
                    "nothing uses the input \"\(name)\"",
                    offendingText: name,
                    hint: "write {{\(name)}} where its value is to stand, or take it out"
                )
            )
        }
        for option in ProcessOption.all where !option.isRefusedElsewhere && option.isWithoutEffect(in: process) {
            doubts.append(
                CrewProblem(
                    ["process", .key(option.key)],
                    "\(option.whoseItIs), and this one is \(process.name)",
                    hint: "take it out, or choose the other pattern"
                )
            )
        }
        return doubts
    }

    /// The texts into which inputs are put, with their places.
    private var texts: [(path: [CrewProblem.PathElement], text: String)] {
        [(["goal"], goal)]
            + agents.flatMap { agent in
                [("role", agent.role), ("goal", agent.goal), ("instructions", agent.instructions)].map {
                    (["agents", .key(agent.name), .key($0.0)], $0.1)
                }
            } + tasks.map { (["tasks", .key($0.name), "description"], $0.summary) }
    }
}

extension String {
    /// The names that stand between one brace on either side.
    var namesBetweenSingleBraces: [String] {
        let bytes = Array(utf8)
        let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
        var names: [String] = []
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            if byte == open {
                start = index
            } else if byte == close, let begin = start {
                start = nil
                let isDouble =
                    begin > 0 && bytes[begin - 1] == open || index + 1 < bytes.count && bytes[index + 1] == close
                let name = String(decoding: bytes[(begin + 1)..<index], as: UTF8.self)
                if !isDouble, Names.isValid(name) { names.append(name) }
            }
        }
        return names
    }
}
