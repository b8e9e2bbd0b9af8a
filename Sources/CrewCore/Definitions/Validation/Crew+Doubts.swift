import ChatModel

extension Crew {
    /// What is probably not meant, though the crew can run: inputs that nothing uses, placeholders with one brace, options of
    /// another process, limits that can never be reached or are not kept.
    public func doubts() -> [CrewProblem] { isBoundedTree ? doubts(within: Limits(), at: []) : [] }

    /// - Parameters:
    ///   - around: What bounds it from outside.
    ///   - place: Where it stands.
    private func doubts(within around: Limits, at place: [CrewProblem.PathElement]) -> [CrewProblem] {
        let bounds = limits.tightened(to: around)
        // What a crew says of itself holds wherever it is a member: only the limits of its place are meant for that place.
        let own = (inputDoubts() + timeDoubts() + processDoubts()).map { $0.moved(to: place) }
        return own
            + crews.flatMap { member in
                let path = place + ["agents", .key(member.name)]
                return member.limits.doubts(within: bounds, at: path + ["limits"])
                    + member.crew.doubts(within: member.limits.tightened(to: bounds), at: path + ["crew"])
            }
    }

    private func inputDoubts() -> [CrewProblem] {
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
        return doubts
    }

    /// Options of the process that have no effect in it.
    private func processDoubts() -> [CrewProblem] {
        var doubts: [CrewProblem] = []
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
        var texts: [(path: [CrewProblem.PathElement], text: String)] = [(["goal"], goal)]
        for agent in agents {
            let path: [CrewProblem.PathElement] = ["agents", .key(agent.name)]
            texts.append((path + ["role"], agent.role))
            texts.append((path + ["goal"], agent.goal))
            texts.append((path + ["instructions"], agent.instructions))
        }
        for member in crews {
            let path: [CrewProblem.PathElement] = ["agents", .key(member.name)]
            texts.append((path + ["description"], member.summary))
            for (name, value) in member.inputs.sorted(by: { $0.key < $1.key }) {
                if let text = value.stringValue { texts.append((path + ["inputs", .key(name)], text)) }
            }
        }
        for task in tasks { texts.append((["tasks", .key(task.name), "description"], task.summary)) }
        return texts
    }
}

extension CrewProblem {
    /// The same in a crew that stands elsewhere.
    fileprivate func moved(to place: [PathElement]) -> CrewProblem {
        place.isEmpty
            ? self : CrewProblem(place + path, message, offendingText: offendingText, hint: hint)
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
