/// Why a crew's tools cannot be made ready.
public struct ToolboxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of trouble.
    public enum Code: String, Sendable, Hashable {
        /// A tool is declared as a built-in that does not exist.
        case unknownBuiltin = "unknown_builtin"
        /// A declaration has an option that the built-in does not know, lacks one that it needs, or has one of the
        /// wrong type.
        case badOption = "bad_option"
        /// The declared folder is missing, or is none.
        case badFolder = "bad_folder"
        /// An agent is granted a tool that is neither declared nor given.
        case unknownTool = "unknown_tool"
        /// Two tools have the same name for the model, or a name is not one that models can be given.
        case badName = "bad_name"
        /// The schema of a tool's arguments cannot be derived.
        case badSchema = "bad_schema"
    }

    /// The kind of trouble.
    public let code: Code
    /// The tool, by the name it is declared or granted under.
    public let tool: String
    /// What is wrong and what would be right.
    public let message: String

    package init(_ code: Code, tool: String, _ message: String) {
        self.code = code
        self.tool = tool
        self.message = message
    }

    /// The tool and the message.
    public var description: String { "tool '\(tool)': \(message)" }
}
