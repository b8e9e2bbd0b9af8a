/// Something that keeps a crew from running, and where in the crew it stands.
public struct CrewProblem: Error, Sendable, Hashable {
    /// A step on the way to a part of a crew, in the terms of a crew file.
    public enum PathElement: Sendable, Hashable {
        /// The value of a key, or the thing of a name.
        case key(String)
        /// An element of a list, counted from 0.
        case index(Int)
    }

    /// Where: the keys, names and indices that lead there in a crew file, such as `tasks`, `brief`, `needs`, 0.
    public let path: [PathElement]
    /// What is wrong, as a sentence without a full stop.
    public let message: String
    /// The text that is wrong, when it is a text.
    public let offendingText: String?
    /// What would be right: the nearest valid spelling, or what to do.
    public let hint: String?

    /// Reports a problem.
    public init(_ path: [PathElement], _ message: String, offendingText: String? = nil, hint: String? = nil) {
        self.path = path
        self.message = message
        self.offendingText = offendingText
        self.hint = hint
    }
}

extension CrewProblem.PathElement: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A key.
    public init(stringLiteral value: String) { self = .key(value) }
    /// An index.
    public init(integerLiteral value: Int) { self = .index(value) }
}

extension CrewProblem: CustomStringConvertible {
    /// The place, the message and the hint in one line: `tasks.brief.needs[0]: …`.
    public var description: String {
        var place = ""
        for element in path {
            switch element {
            case .key(let key): place += place.isEmpty ? key : ".\(key)"
            case .index(let index): place += "[\(index)]"
            }
        }
        let complaint = place.isEmpty ? message : "\(place): \(message)"
        return hint.map { "\(complaint) (\($0))" } ?? complaint
    }
}
