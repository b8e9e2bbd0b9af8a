import CrewKit

extension Crew {
    /// Puts another model in the place of the default one.
    ///
    /// - Parameter name: The name of one of the crew's models, or of a model at the default's endpoint.
    mutating func useModel(_ name: String) {
        guard let index = models.firstIndex(where: { $0.name == "default" }) else { return }
        if var model = models.first(where: { $0.name == name }) {
            model.name = "default"
            models[index] = model
        } else if models[index].model != name {
            models[index].model = name
            // The price that stood there was another model's.
            models[index].price = nil
        }
    }
}
