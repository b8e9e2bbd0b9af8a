import ArgumentParser
import CrewKit

/// Values for a crew's inputs.
struct InputOption: ParsableArguments {
    @Option(
        name: .customLong("input"),
        parsing: .singleValue,
        help: ArgumentHelp("A value for one of the crew's inputs; may be repeated.", valueName: "name=value")
    )
    var inputs: [String] = []

    /// The values by name, each of its input's type.
    func values(for crew: Crew) throws(CommandFailure) -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for pair in inputs {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                let example = crew.inputs.first?.name ?? "topic"
                throw .usage("--input \(pair): write name=value, as in --input \(example)=tides.")
            }
            let name = String(pair[..<equals])
            let text = String(pair[pair.index(after: equals)...])
            guard let input = crew.inputs.first(where: { $0.name == name }) else {
                let known = crew.inputs.map(\.name).joined(separator: ", ")
                throw .usage(
                    "--input \(pair): the crew has no input \"\(name)\"; "
                        + (known.isEmpty ? "it takes none." : "it takes \(known).")
                )
            }
            guard let value = input.type.value(from: text) else {
                throw .usage("--input \(pair): \(name) must be \(input.type.phrase), not \"\(text)\".")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .usage("--input \(pair): \(name) is given twice.")
            }
        }
        return values
    }
}
