import CrewCore

/// The places of the parts of a crew in its file.
struct SourceMarks: Sendable {
    private let root: SourceNode?

    init(_ root: SourceNode?) {
        self.root = root
    }

    /// Whether a part is written.
    func has(_ path: [CrewProblem.PathElement]) -> Bool {
        var node = root
        for element in path {
            switch (element, node?.content) {
            case (.key(let key), .mapping(let entries)?): node = entries.first { $0.key == key }?.value
            case (.index(let index), .sequence(let nodes)?) where nodes.indices.contains(index): node = nodes[index]
            default: return false
            }
        }
        return node != nil
    }

    /// The place of a part: of a scalar where it is written, of anything larger its key; of what is not
    /// written, the nearest part around it.
    func mark(of path: [CrewProblem.PathElement]) -> SourceMark {
        guard var node = root else { return SourceMark(line: 1, column: 1) }
        var mark = node.mark
        for element in path {
            switch (element, node.content) {
            case (.key(let key), .mapping(let entries)):
                guard let entry = entries.first(where: { $0.key == key }) else { return mark }
                node = entry.value
                if case .scalar = node.content { mark = node.mark } else { mark = entry.mark }
            case (.index(let index), .sequence(let nodes)) where nodes.indices.contains(index):
                node = nodes[index]
                mark = node.mark
            default: return mark
            }
        }
        return mark
    }
}
