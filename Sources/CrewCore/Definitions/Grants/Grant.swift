import ChatModel

/// Something that a crew file grants to its crew and that a person may not expect of it: whoever runs the file has to
/// agree to it.
public struct Grant: Sendable, Hashable {
    /// The kinds of grants.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A variable of the environment goes to a host that is not known to have issued it.
        case variable
        /// What agents say and read goes to an endpoint that is no known provider's.
        case endpoint
        /// A file says whom to believe that they are an endpoint.
        case authority
        /// An endpoint is a service of the local network or the cloud, such as the one that gives out credentials.
        case localService = "local-service"
        /// A tool reaches a folder outside the crew file's own.
        case folder
        /// A tool reads from a host of the web.
        case host
        /// A member is read from a crew file outside the crew file's own folder.
        case crewFile = "crew-file"
    }

    /// What kind of grant it is.
    public let kind: Kind
    /// What is granted, without what does not matter: two grants are the same exactly when kind and subject are.
    public let subject: [String]
    /// Where in the crew it stands.
    public let path: [CrewProblem.PathElement]
    /// What it lets the crew do, as a sentence without a subject and a full stop.
    public let summary: String

    /// Describes a grant.
    package init(kind: Kind, subject: [String], path: [CrewProblem.PathElement], summary: String) {
        self.kind = kind
        self.subject = subject
        self.path = path
        self.summary = summary
    }

    /// The grant in a form that can be compared over time.
    public var identity: String {
        JSONValue.array(([kind.rawValue] + subject).map { .string($0) }).jsonText
    }
}

/// What the person has said by their surroundings, against which a crew's grants are judged.
public struct GrantScope: Sendable {
    /// The outermost crew file's own folder, from the root and without links.
    public var folder: String
    /// The endpoint that the person's environment names, such as `OPENAI_BASE_URL`; `nil` when it names none.
    public var ownEndpoint: String?
    /// Gives a folder's path without links; the same path when there is no such folder.
    public var resolving: @Sendable (String) -> String
    /// Gives what tells a file's content from others; empty when it cannot be read.
    public var digest: @Sendable (String) -> String

    /// Describes the surroundings.
    public init(
        folder: String,
        ownEndpoint: String?,
        resolving: @escaping @Sendable (String) -> String = { $0 },
        digest: @escaping @Sendable (String) -> String = { _ in "" }
    ) {
        self.folder = folder
        self.ownEndpoint = ownEndpoint
        self.resolving = resolving
        self.digest = digest
    }

    /// The folder to which relative paths refer, where that is not ``folder``: that of a member's own file.
    private var memberFolder: String?

    /// The folder to which relative paths refer.
    package var base: String { memberFolder ?? folder }

    /// The same for a crew with a folder of its own.
    func within(_ folder: String) -> GrantScope {
        var scope = self
        scope.memberFolder = folder
        return scope
    }

    /// Whether a path without links lies in the crew file's own folder.
    package func owns(_ path: String) -> Bool {
        let names = path.split(separator: "/")
        return path.hasPrefix("/") && names.starts(with: folder.split(separator: "/")) && !names.contains("..")
    }
}
